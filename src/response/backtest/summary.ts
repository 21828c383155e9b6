import { type BacktestResult, type Policy, roughDuration } from "../../core/index.ts"

const many = (count: number, one: string, more = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : more}`

type Told = Pick<BacktestResult, "totals" | "since" | "until" | "looked" | "complete">

/** "In 30 days it would have blocked 12 addresses 15 times, …; it would have hurt 1 friend." */
export function summaryOf({ totals, since, until, looked, complete }: Told, policies: readonly Policy[]): string {
  const time = roughDuration(until - since)
  const begun = complete ? `In ${time}` : `In the part of ${time} that was looked at`
  if (looked.alerts === 0) return `${begun} the store has no alert, so nothing can be told.`
  const quarantine = policies.length > 0 && policies.every(({ kind }) => kind === "quarantine")
  const who = quarantine ? many(totals.subjects, "node") : many(totals.subjects, "address", "addresses")
  const times = totals.actions > totals.subjects ? ` ${totals.actions.toLocaleString("en")} times` : ""
  const verb = quarantine ? "acted on" : "blocked"
  const done =
    totals.actions === 0
      ? `it would have ${verb} nothing`
      : `it would have ${verb} ${who}${times}, and ${totals.stopped === 0 ? "no alert" : many(totals.stopped, "alert")} came while that would have been in force`
  const rest = [
    totals.hurt > 0
      ? `It would have hurt ${many(totals.hurt, "friend")}.`
      : totals.actions > 0
        ? "It would have hurt no friend that is known."
        : "",
    totals.spared > 0 ? `The guardrails would have spared ${many(totals.spared, "friend")}.` : "",
    totals.held > 0 ? `${many(totals.held, "one", "more")} would have waited for a person.` : "",
  ]
  return [`${begun} ${done}.`, ...rest].filter((text) => text !== "").join(" ")
}
