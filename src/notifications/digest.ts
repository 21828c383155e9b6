import { compareSeverity, type Millis, type Notice, type Severity, severities } from "../core/index.ts"
import { count, shownText, shownTitle, timeInWords } from "./notice-text.ts"

/** What was not told one by one: how much of what, and the gravest of it. */
export interface Tally {
  readonly since: Millis
  readonly counts: ReadonlyMap<string, number>
  readonly gravest: Severity
  readonly examples: readonly Notice[]
}

// As many as a person reads before opening the console.
const maxExamples = 5

export function tallied(tally: Tally | undefined, notice: Notice): Tally {
  const { since, counts, gravest, examples } = tally ?? {
    since: notice.at,
    counts: new Map<string, number>(),
    gravest: notice.severity,
    examples: [],
  }
  const key = `${notice.kind} ${notice.severity}`
  return {
    since,
    counts: new Map(counts).set(key, (counts.get(key) ?? 0) + 1),
    gravest: compareSeverity(notice.severity, gravest) > 0 ? notice.severity : gravest,
    // Stable: of the same severity, the first stay.
    examples: [...examples, notice]
      .sort((one, other) => compareSeverity(other.severity, one.severity))
      .slice(0, maxExamples),
  }
}

/** One message for all of it. */
export function digestNotice(tally: Tally, subject: string): Notice {
  const { since, counts, gravest, examples } = tally
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0)
  const parts = [...counts].sort(byKey).map(([key, number]) => `${number} × ${key.replace("-", " ")}`)
  const left = total - examples.length
  const first = examples.map(({ title }) => title).join("; ")
  return {
    kind: "digest",
    at: since,
    severity: gravest,
    follows: null,
    subject,
    title: shownTitle(`${count(total, "more notification")} in one`),
    text: shownText(
      `Since ${timeInWords(since)} more happened than is told one by one: ${parts.join(", ")}. The gravest: ${first}${left > 0 ? `; and ${left} more, not listed` : ""}.`,
    ),
    facts: [
      { name: "Severity", value: gravest },
      { name: "Left out", value: String(total) },
    ],
    path: "/incidents",
  }
}

function byKey([one]: readonly [string, number], [other]: readonly [string, number]): number {
  const grave = (key: string) => severities.findIndex((name) => key.endsWith(` ${name}`))
  return grave(other) - grave(one) || (one < other ? -1 : 1)
}
