import {
  type Alert,
  type Countermeasure,
  type EnforcementReport,
  holdsBack,
  type Incident,
  type Match,
  rateInWords,
  subjectOf,
} from "../core/index.ts"
import { printableBytes, printableText } from "./printable.ts"

/** What there is to tell of. */
export interface Findings {
  readonly countermeasures: readonly Countermeasure[]
  readonly incidents: readonly Incident[]
  readonly alerts: readonly Alert[]
}

// An attacker fills these; a person reads the first of them, and the rest is in the lists.
const maxLines = 2000
const maxContributions = 10
const maxMatches = 3
const maxBytes = 200

/** From what was done, by the attack that it was done against, to the bytes: one sentence a line. */
export function tell({ countermeasures, incidents, alerts }: Findings): readonly string[] {
  const lines = [
    ...countermeasures.flatMap(tellCountermeasure),
    ...incidents.flatMap(tellIncident),
    ...alerts.flatMap(tellAlert),
  ]
  if (lines.length <= maxLines) return lines
  return [...lines.slice(0, maxLines), `… and ${lines.length - maxLines} lines more`]
}

function tellCountermeasure(of: Countermeasure): readonly string[] {
  const { id, action, reason, createdAt, reports } = of
  const what = `${printableText(subjectOf(of))}${holdsBack(of) ? `, ${of.direction}${of.rate === undefined ? "" : `, to ${rateInWords(of.rate)}`}` : ""}`
  return [
    `${time(createdAt)} ${action} of ${what}, decided by ${printableText(reason.by)} (${id}): ${printableText(reason.text)}. ${endOf(of)}.`,
    ...reports.map((report) => `  ${tellReport(report)}`),
  ]
}

function endOf({ endedAt, endReason, endedBy, expiresAt }: Countermeasure): string {
  if (endedAt !== null)
    return `It ended at ${time(endedAt)} (${endReason ?? "ended"}, by ${printableText(endedBy ?? "nobody")})`
  return expiresAt === null ? "It lasts until someone ends it" : `It lasts until ${time(expiresAt)}`
}

function tellReport({ enforcer, state, since, checkedAt, reason, refused }: EnforcementReport): string {
  const why = reason === null ? "" : ` (${printableText(reason)})`
  return `${enforcer}: ${state} since ${time(since)}${why}, last seen so at ${time(checkedAt)}${refused === undefined ? "" : `; at least ${refused.packets} packets (${refused.bytes} bytes) were refused`}`
}

function tellIncident(of: Incident): readonly string[] {
  const { id, title, status, severity, attacker, rule, stages, stagesTotal, startedAt } = of
  return [
    `${time(startedAt)} ${printableText(title)} (${id}, ${severity}, ${status}): rule ${rule} saw ${attacker} in ${stages.length} of ${stagesTotal} stages`,
    ...stages.map(
      ({ name, firstAt, because }, index) =>
        `  ${index + 1}. ${printableText(name)} since ${time(firstAt)}: ${printableText(because)}`,
    ),
  ]
}

function tellAlert(of: Alert): readonly string[] {
  const { id, at, intent, title, score, threshold, evidence, contributions, masked, origin } = of
  const where = origin?.file == null ? "" : `, ${printableText(origin.file)}${placeIn(origin)}`
  return [
    `${time(at)} ${intent}: ${printableText(title)} (${id}, score ${score} of ${threshold}${masked ? ", masked" : ""}${where}) in ${printableBytes(evidence.summary)}`,
    ...contributions
      .slice(0, maxContributions)
      .flatMap(({ rule, message, matches }) =>
        matches.length === 0
          ? [`  rule ${rule}, ${printableText(message)}`]
          : matches
              .slice(0, maxMatches)
              .map((match) => `  rule ${rule}, ${printableText(message)}: ${tellMatch(match)}`),
      ),
    ...(contributions.length > maxContributions ? [`  and ${contributions.length - maxContributions} rules more`] : []),
  ]
}

function placeIn({ frame, line }: NonNullable<Alert["origin"]>): string {
  if (line !== null) return ` line ${line}`
  return frame === null ? "" : ` frame ${frame}`
}

function tellMatch({ variable, value, offset, length }: Match): string {
  const matched = value.slice(offset, offset + length)
  const more = matched.length > maxBytes ? ` and ${matched.length - maxBytes} bytes more` : ""
  return `${printableBytes(variable)} held "${printableBytes(matched.slice(0, maxBytes))}"${more}`
}

const time = (at: number) => new Date(at).toISOString()
