import {
  type Alert,
  type AlertId,
  type Contribution,
  compareSeverity,
  type FindingObservation,
  type HttpObservation,
  type Observation,
  type RuleId,
  type Severity,
} from "../../core/index.ts"
import type { Behaviour, Sighting } from "../content/behaviour/behaviour.ts"
import { createCallHome } from "../content/behaviour/call-home.ts"
import { createPathScan } from "../content/behaviour/path-scan.ts"
import { type Classification, classify, furthest, unclassified } from "../content/classification.ts"
import type { Detector, RuleSummary } from "../detector.ts"
import type { LoadedRules } from "../load.ts"
import { isMarker, type Rule } from "../seclang/rule.ts"
import { createTransaction, type MatchedRule } from "../seclang/run.ts"
import { evidenceOf, matchOf } from "./evidence.ts"
import { defaultThresholds, scoreOf, severityOf, type Thresholds } from "./score.ts"

export interface DetectorDeps {
  readonly ids: { alert(): AlertId }
  readonly rules: LoadedRules
}

/** Runs every rule over an observation and adds up what matched; at the threshold it is an alert that lists each contribution. */
export function createDetector({ ids, rules }: DetectorDeps, thresholds: Thresholds = defaultThresholds): Detector {
  const behaviours: readonly Behaviour[] = [createCallHome(), createPathScan()]

  const inspectHttp = (observation: HttpObservation, phases: readonly number[]): Alert | null => {
    const transaction = createTransaction(rules.steps, observation)
    transaction.run(phases)
    return judge(observation, transaction.matched, thresholds, ids.alert)
  }

  return {
    inspect: (observation) => {
      if (observation.kind === "finding") return alertOfFinding(observation, ids.alert())
      const byRules =
        observation.kind === "http"
          ? inspectHttp(observation, observation.response === null ? [1, 2] : [1, 2, 3, 4])
          : null
      for (const behaviour of behaviours) {
        const sighting = behaviour.look(observation)
        if (sighting !== undefined) return join(byRules, alertOfSighting(observation, behaviour, sighting, ids.alert()))
      }
      return byRules
    },
    inspectRequest: (observation) => inspectHttp(observation, [1, 2]),
    rules: [
      ...behaviours.map(({ id, summary }) => ({ id, ...summary })),
      ...rules.steps.flatMap((step) => (isMarker(step) ? [] : [summaryOf(step)])),
    ],
    diagnostics: rules.diagnostics,
  }
}

function summaryOf({ id, message, file, line, tags }: Rule): RuleSummary {
  return { id, message, file, line, tags }
}

function judge(
  observation: HttpObservation,
  matched: readonly MatchedRule[],
  thresholds: Thresholds,
  newId: () => AlertId,
): Alert | null {
  const sum = (phases: readonly number[]) =>
    matched.reduce((total, { rule }) => total + (phases.includes(rule.phase) ? scoreOf(rule.severity) : 0), 0)
  const [inbound, outbound] = [sum([1, 2]), sum([3, 4])]
  const byRequest = inbound >= thresholds.inbound
  if (!byRequest && outbound < thresholds.outbound) return null
  const counted = matched.filter(({ rule }) => scoreOf(rule.severity) > 0)
  const contributions = counted.map(contributionOf)
  const found = furthest(counted.flatMap(({ rule }) => classify(rule.tags) ?? [])) ?? unclassified
  return alertOf(observation, {
    id: newId(),
    classification: found,
    severity: gravest(contributions),
    score: inbound + outbound,
    threshold: byRequest ? thresholds.inbound : thresholds.outbound,
    contributions,
  })
}

function contributionOf({ rule, matches }: MatchedRule): Contribution {
  // The cast holds: a rule's id is digits, which the schema of rule ids takes.
  return {
    rule: rule.id as RuleId,
    message: rule.message,
    severity: severityOf(rule.severity),
    score: scoreOf(rule.severity),
    tags: rule.tags,
    matches: matches.map(matchOf),
  }
}

function gravest(contributions: readonly Contribution[]): Severity {
  return contributions.reduce<Severity>(
    (worst, { severity }) => (compareSeverity(severity, worst) > 0 ? severity : worst),
    "info",
  )
}

interface Finding {
  readonly id: AlertId
  readonly classification: Classification
  readonly severity: Severity
  readonly score: number
  readonly threshold: number
  readonly contributions: readonly Contribution[]
}

function alertOf(
  observation: Exclude<Observation, FindingObservation>,
  { id, classification, severity, score, threshold, contributions }: Finding,
): Alert {
  const { title, classtype, intent, tactic, technique } = classification
  const cause = observation.kind === "connection" ? observation.causedBy : null
  const { source, destination } = observation
  return {
    id,
    at: observation.at,
    observation: observation.id,
    sensor: observation.sensor,
    node: observation.node,
    direction: observation.direction,
    source,
    destination,
    attacker: cause?.source.address ?? (observation.direction === "inbound" ? source.address : destination.address),
    title,
    severity: intent === "installation" || intent === "command-and-control" ? "critical" : severity,
    classtype,
    intent,
    tactic,
    technique,
    score,
    threshold,
    contributions,
    evidence:
      observation.kind === "http"
        ? evidenceOf(observation.request, observation.response)
        : connectionEvidence(observation),
    origin: observation.origin,
    masked: false,
  }
}

function connectionEvidence({ destination, hostname, causedBy }: Extract<Observation, { kind: "connection" }>) {
  const to = `${hostname ?? destination.address}:${destination.port}`
  if (causedBy === null) return { summary: `connection to ${to}`, request: null, response: null }
  const { summary, request } = evidenceOf(causedBy.request, null)
  return { summary: `connection to ${to}, because of ${summary}`.slice(0, 500), request, response: null }
}

function alertOfSighting(
  observation: Exclude<Observation, FindingObservation>,
  { id: rule, summary, classification }: Behaviour,
  { message, severity, score, threshold, matches }: Sighting,
  id: AlertId,
): Alert {
  // The cast holds: behaviours are named by us.
  const contribution: Contribution = { rule: rule as RuleId, message, severity, score, tags: summary.tags, matches }
  return alertOf(observation, { id, classification, severity, score, threshold, contributions: [contribution] })
}

/** One alert for one observation: what the rules found goes along with what the behaviour saw, under the further intent. */
function join(byRules: Alert | null, bySight: Alert): Alert {
  if (byRules === null) return bySight
  return {
    ...byRules,
    score: byRules.score + bySight.score,
    contributions: [...byRules.contributions, ...bySight.contributions],
  }
}

function alertOfFinding(finding: FindingObservation, id: AlertId): Alert {
  const {
    tool,
    rule,
    title,
    severity,
    classtype,
    intent,
    tactic,
    technique,
    raw,
    source,
    destination,
    direction,
    at,
    sensor,
    node,
    origin,
  } = finding
  return {
    id,
    at,
    observation: finding.id,
    sensor,
    node,
    direction,
    source,
    destination,
    attacker: direction === "inbound" ? source.address : destination.address,
    title,
    severity,
    classtype,
    intent,
    tactic,
    technique,
    score: 1,
    threshold: 1,
    // The cast holds: any text up to 200 characters is a rule's id.
    contributions: [
      { rule: `${tool}/${rule}`.slice(0, 200) as RuleId, message: title, severity, score: 1, tags: [], matches: [] },
    ],
    evidence: { summary: `${tool}: ${title}`.slice(0, 500), request: raw.slice(0, 8192), response: null },
    origin,
    masked: false,
  }
}
