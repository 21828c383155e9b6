import {
  actionInWords,
  type Countermeasure,
  type EnforcementReport,
  holdsBack,
  type Notice,
  type NoticeKind,
  rateInWords,
  subjectOf,
} from "../core/index.ts"
import { capitalised, shownText, shownTitle, shownValue, timeInWords } from "./notice-text.ts"

type Kind = Extract<NoticeKind, `countermeasure-${string}`>

/** Undefined while there is nothing to tell of it. */
export function countermeasureKind({ endedAt, enforcers, reports }: Countermeasure): Kind | undefined {
  if (endedAt !== null) return "countermeasure-ended"
  if (reports.some(isFailure)) return "countermeasure-failed"
  const applied = reports.filter(({ state }) => state === "applied")
  return applied.length > 0 && applied.length >= enforcers.length ? "countermeasure-applied" : undefined
}

/** What has to be told of a countermeasure of which this was told last. */
export function countermeasureNotice(of: Countermeasure, before: Kind | undefined, now: number): Notice | undefined {
  const kind = countermeasureKind(of)
  if (kind === undefined || kind === before) return undefined
  return {
    kind,
    at: now,
    severity: of.severity,
    follows: before ?? null,
    subject: of.id,
    title: shownTitle(`${capitalised(actionInWords(of))} of ${subjectOf(of)} ${verbs[kind]}`),
    text: shownText(sentenceOf(kind, of)),
    facts: factsOf(of),
    path: of.reason.incident === null ? "/countermeasures" : `/incidents/${of.reason.incident}`,
  }
}

const verbs: Readonly<Record<Kind, string>> = {
  "countermeasure-applied": "is in force",
  "countermeasure-failed": "is not in force",
  "countermeasure-ended": "has ended",
}

const isFailure = ({ state }: EnforcementReport) => state === "failed" || state === "not-enforced"

function sentenceOf(kind: Kind, of: Countermeasure): string {
  const because = `It was decided because: ${of.reason.text}`
  const by = (reports: readonly EnforcementReport[]) => reports.map(({ enforcer }) => enforcer).join(", ")
  switch (kind) {
    case "countermeasure-applied":
      return `${by(of.reports)} ${of.reports.length === 1 ? "reports" : "report"} it applied, ${untilOf(of)}. ${because}`
    case "countermeasure-failed": {
      const failures = of.reports.filter(isFailure)
      const holds = of.reports.filter(({ state }) => state === "applied")
      const said = failures.map(({ enforcer, state, reason }) => `${enforcer} ${state}: ${reason ?? "no reason given"}`)
      return `${said.join("; ")}.${holds.length === 0 ? "" : ` Applied by ${by(holds)}.`} ${because}`
    }
    case "countermeasure-ended":
      return `${endings[of.endReason ?? "expired"]}${of.endedBy === null ? "" : ` (${of.endedBy})`}. ${because}`
  }
}

const endings: Readonly<Record<NonNullable<Countermeasure["endReason"]>, string>> = {
  expired: "Its time is over",
  undone: "It was undone",
  "false-positive": "It was undone as a false positive",
  allowlisted: "Its address was put on the allowlist",
  replaced: "Another took its place",
}

function untilOf({ expiresAt }: Countermeasure): string {
  return expiresAt === null ? "until someone ends it" : `until ${timeInWords(expiresAt)}`
}

/** `block, inbound`, `limit to 100 packets/s, outbound`, `pause`. */
function actionOf(of: Countermeasure): string {
  if (!holdsBack(of)) return of.action
  return `${of.action}${of.rate === undefined ? "" : ` to ${rateInWords(of.rate)}`}, ${of.direction}`
}

function factsOf(of: Countermeasure): Notice["facts"] {
  return [
    { name: "Severity", value: of.severity },
    { name: "Action", value: actionOf(of) },
    { name: "Of", value: shownValue(subjectOf(of)) },
    { name: "Decided by", value: shownValue(of.reason.by) },
    { name: "Incident", value: of.reason.incident ?? "" },
    { name: "Countermeasure", value: of.id },
  ].filter(({ value }) => value !== "")
}
