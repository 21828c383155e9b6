import type { Notice, Severity } from "../../core/index.ts"
import { checkedUrl, hostOf } from "../../outbound/index.ts"
import { postJson } from "./post.ts"
import type { CreateTarget, Message } from "./target.ts"

/** Events API v2: an incident of Thwart's is one alert there, opened and resolved by its id; so is a countermeasure that fails. */
export const createPagerDuty: CreateTarget<"pagerduty"> = ({ fetch, secrets }, config) => {
  const url = checkedUrl(config.url, config.insecure)
  const routingKey = secrets.resolve(config.routingKey)
  const actionOf = (notice: Notice) => pagerDutyAction(notice, config.resolveOn)
  return {
    destination: hostOf(url),
    hasUseFor: (notice) => actionOf(notice) !== undefined,
    mustHave: (notice) => actionOf(notice) === "resolve",
    send: async (message, signal) => {
      const event = pagerDutyEvent(message, actionOf(message.notice) ?? "trigger")
      const test = message.notice.kind === "test"
      const body = { routing_key: routingKey.reveal(), ...event }
      const result = await postJson(fetch, { url, body }, signal)
      // A test shall leave nobody to wake up.
      return test && result.kind === "sent"
        ? postJson(fetch, { url, body: { ...body, event_action: "resolve" } }, signal)
        : result
    },
  }
}

/** Undefined: nothing has to happen there. */
export function pagerDutyAction(
  { kind, follows }: Pick<Notice, "kind" | "follows">,
  resolveOn: "contained" | "closed",
): "trigger" | "resolve" | undefined {
  switch (kind) {
    case "incident-closed":
      return "resolve"
    case "incident-contained":
      return resolveOn === "contained" ? "resolve" : undefined
    case "countermeasure-applied":
    case "countermeasure-ended":
      return follows === "countermeasure-failed" ? "resolve" : undefined
    // Nobody is woken up to decide: its incident does that, and nothing would resolve it.
    case "recommendation":
      return undefined
    case "incident-opened":
    case "incident-grown":
    case "incident-reopened":
    case "countermeasure-failed":
    case "playbook":
    case "digest":
    case "test":
      return "trigger"
  }
}

const severities: Readonly<Record<Severity, string>> = {
  critical: "critical",
  high: "error",
  medium: "warning",
  low: "info",
  info: "info",
}
// Limits of the Events API v2: a summary 1,024 characters, a key 255.
const [maxSummary, maxKey] = [1024, 255]

export function pagerDutyEvent({ notice, link }: Message, action: "trigger" | "resolve") {
  const { title, text, facts, severity, at } = notice
  return {
    event_action: action,
    dedup_key: `thwart/${notice.subject}`.slice(0, maxKey),
    client: "Thwart",
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: "Open in Thwart" }] }),
    payload: {
      summary: `${title}. ${text}`.slice(0, maxSummary),
      source: "thwart",
      severity: severities[severity],
      timestamp: new Date(at).toISOString(),
      class: notice.kind,
      custom_details: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    },
  }
}
