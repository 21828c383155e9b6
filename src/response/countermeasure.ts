import type { Countermeasure, EnforcementReport, Millis } from "../core/index.ts"
import type { ResponderDeps } from "./services.ts"

export type Ending = NonNullable<Countermeasure["endReason"]>

/** A countermeasure that nobody has heard of yet. Empty `enforcers`: all that run. */
export function newCountermeasure(
  { clock, ids, enforcers: running }: Pick<ResponderDeps, "clock" | "ids" | "enforcers">,
  wish: Pick<Countermeasure, "target" | "direction" | "enforcers" | "severity" | "reason">,
  durationMs: Millis | null,
): Countermeasure {
  const now = clock.now()
  const enforcers = wish.enforcers.length > 0 ? wish.enforcers : running
  return {
    ...wish,
    id: ids.countermeasure(),
    action: "block",
    enforcers,
    createdAt: now,
    expiresAt: durationMs === null ? null : now + durationMs,
    endedAt: null,
    endReason: null,
    endedBy: null,
    reports: enforcers.map((enforcer) => firstReport(enforcer, running.includes(enforcer), now)),
  }
}

export function endedAs(
  of: Countermeasure,
  { reason, by, at }: { readonly reason: Ending; readonly by: string; readonly at: Millis },
): Countermeasure {
  return { ...of, endedAt: of.endedAt ?? at, endReason: reason, endedBy: by }
}

/** What a policy asks of an enforcer that is not there is told, not passed over. */
function firstReport(enforcer: string, runs: boolean, now: Millis): EnforcementReport {
  return {
    enforcer,
    state: runs ? "pending" : "not-enforced",
    reason: runs ? null : `no enforcer "${enforcer}" runs here`,
    since: now,
    checkedAt: now,
  }
}
