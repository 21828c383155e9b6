import type { TargetConfig } from "../config.ts"
import { createEmail } from "./email.ts"
import { createPagerDuty } from "./pagerduty.ts"
import { createSlack } from "./slack.ts"
import type { NotificationTarget, TargetDeps } from "./target.ts"
import { createTeams } from "./teams.ts"
import { createWebhook } from "./webhook.ts"

/** The target that the settings ask for. */
export function createTarget(deps: TargetDeps, config: TargetConfig): NotificationTarget {
  switch (config.kind) {
    case "slack":
      return createSlack(deps, config)
    case "teams":
      return createTeams(deps, config)
    case "pagerduty":
      return createPagerDuty(deps, config)
    case "webhook":
      return createWebhook(deps, config)
    case "email":
      return createEmail(deps, config)
  }
}
