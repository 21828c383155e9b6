import type {
  Alert,
  AlertId,
  ConnectionObservation,
  Contribution,
  Evidence,
  FindingObservation,
  HttpObservation,
  Observation,
  RuleId,
  Severity,
} from "../../core/index.ts"
import type { Behaviour, Sighting } from "../content/behaviour/behaviour.ts"
import type { Classification } from "../content/classification.ts"
import type { Conclusion } from "./conclusion.ts"
import { evidenceOf } from "./evidence.ts"
import { gravest } from "./score.ts"

/**
 * An alert's severity is that of its gravest contribution, but never under what its intent makes of it: something installed, or
 * commanded from outside, is critical; looking around is medium at most.
 */
export function severityFor({ intent }: Classification, contributions: readonly Contribution[]): Severity {
  if (intent === "installation" || intent === "command-and-control") return "critical"
  const worst = gravest(contributions.map(({ severity }) => severity))
  return intent === "reconnaissance" && (worst === "high" || worst === "critical") ? "medium" : worst
}

export function alertOf(
  observation: HttpObservation | ConnectionObservation,
  { classification, severity, score, threshold, contributions }: Conclusion,
  id: AlertId,
): Alert {
  const cause = observation.kind === "connection" ? observation.causedBy : null
  const { title, classtype, intent, tactic, technique } = classification
  return {
    ...seen(observation, id),
    // Who caused an outbound connection is to blame, not who was called.
    attacker: cause?.source.address ?? farEnd(observation),
    title,
    severity,
    classtype,
    intent,
    tactic,
    technique,
    score,
    threshold,
    contributions,
    evidence:
      observation.kind === "http" ? evidenceOf(observation.request, observation.response) : connected(observation),
  }
}

/** What another tool found becomes an alert as it is. */
export function alertOfFinding(finding: FindingObservation, id: AlertId): Alert {
  const { tool, rule, title, severity, classtype, intent, tactic, technique, raw } = finding
  const contribution: Contribution = {
    // The cast holds: any text of 1 to 200 characters is a rule's id.
    rule: `${tool}/${rule}`.slice(0, 200) as RuleId,
    message: title,
    severity,
    score: 1,
    tags: [],
    matches: [],
  }
  return {
    ...seen(finding, id),
    attacker: farEnd(finding),
    title,
    severity,
    classtype,
    intent,
    tactic,
    technique,
    score: 1,
    threshold: 1,
    contributions: [contribution],
    evidence: { summary: `${tool}: ${title}`.slice(0, 500), request: raw.slice(0, 8192), response: null },
  }
}

export function contributionOf(
  { id, summary }: Behaviour,
  { message, severity, score, matches }: Sighting,
): Contribution {
  // The cast holds: behaviours are named by us.
  return { rule: id as RuleId, message, severity, score, tags: summary.tags, matches }
}

function seen(observation: Observation, id: AlertId) {
  const { at, sensor, node, direction, source, destination, origin } = observation
  return { id, at, observation: observation.id, sensor, node, direction, source, destination, origin, masked: false }
}

function farEnd({ direction, source, destination }: Observation) {
  return direction === "inbound" ? source.address : destination.address
}

function connected({ destination, hostname, causedBy }: ConnectionObservation): Evidence {
  const to = `connection to ${hostname ?? destination.address}:${destination.port}`.slice(0, 300)
  if (causedBy === null) return { summary: to, request: null, response: null }
  const { summary, request } = evidenceOf(causedBy.request, null)
  return { summary: `${to}, because of ${summary}`.slice(0, 500), request, response: null }
}
