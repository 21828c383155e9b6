import { type BacktestResult, type Policy, roughDuration } from "../../core/index.ts"
import type { BacktestRequest, RuleSubject } from "./services.ts"

const many = (count: number, one: string, more = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : more}`

type Told = Pick<BacktestResult, "totals" | "since" | "until" | "looked" | "complete">

/** "In 30 days it would have blocked 12 addresses 15 times, …; it would have hurt 1 friend." */
export function summaryOf(
  { totals, since, until, looked, complete }: Told,
  { policies, of }: Pick<BacktestRequest, "policies" | "of">,
): string {
  const time = roughDuration(until - since)
  const begun = complete ? `In ${time}` : `In the part of ${time} that was looked at`
  if (of !== undefined)
    return `${begun} ${partOf(of, totals)} ${doneBy(totals, policies, "By the policies as they are, it")}`
  if (looked.alerts === 0) return `${begun} the store has no alert, so nothing can be told.`
  return `${begun} ${doneBy(totals, policies, "it")}`
}

/** "it would have raised 12 alerts, and had a part in 2 incidents." */
function partOf({ kind, given }: RuleSubject, { alerts, incidents }: Told["totals"]): string {
  if (kind === "correlation") return `it would have recognised ${many(incidents, "incident")}.`
  const raised = given.length > 0 || kind === "clustering" ? "would have raised" : "raised"
  return `it ${raised} ${many(alerts, "alert")}, and had a part in ${many(incidents, "incident")}.`
}

function doneBy(totals: Told["totals"], policies: readonly Policy[], it: string): string {
  const quarantine = policies.length > 0 && policies.every(({ kind }) => kind === "quarantine")
  const who = quarantine ? many(totals.subjects, "node") : many(totals.subjects, "address", "addresses")
  const times = totals.actions > totals.subjects ? ` ${totals.actions.toLocaleString("en")} times` : ""
  const verb = quarantine ? "acted on" : verbOf(policies)
  const done =
    totals.actions === 0
      ? `${it} would have ${verb} nothing`
      : `${it} would have ${verb} ${who}${times}, and ${totals.stopped === 0 ? "no alert" : many(totals.stopped, "alert")} came while that would have been in force`
  const rest = [
    totals.hurt > 0
      ? `It would have hurt ${many(totals.hurt, "friend")}.`
      : totals.actions > 0
        ? "It would have hurt no friend that is known."
        : "",
    totals.spared > 0 ? `The guardrails would have spared ${many(totals.spared, "friend")}.` : "",
    totals.held > 0 ? `${totals.held.toLocaleString("en")} more would have waited for a person.` : "",
    totals.proposed > 0 ? `${totals.proposed.toLocaleString("en")} more would have been proposed or shown only.` : "",
  ]
  if (totals.ignored > 0)
    rest.push(`${many(totals.ignored, "address or node", "addresses or nodes")} would have been passed over.`)
  return [`${done}.`, ...rest].filter((text) => text !== "").join(" ")
}

const verbs = { block: "blocked", ignore: "blocked", limit: "limited", challenge: "challenged" } as const

/** One word for all that they do. */
function verbOf(policies: readonly Policy[]): string {
  const found = new Set(policies.map((one) => (one.kind === "quarantine" ? "acted on" : verbs[one.action])))
  const [only = "blocked"] = found
  return found.size > 1 ? "acted on" : only
}
