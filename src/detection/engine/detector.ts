import type { Alert, AlertId, HttpObservation, Observation } from "../../core/index.ts"
import type { Behaviour, RequestRules } from "../content/behaviour/behaviour.ts"
import { behaviours as builtIn } from "../content/behaviour/behaviours.ts"
import { furthest } from "../content/classification.ts"
import type { Detector, RuleSummary } from "../detector.ts"
import type { LoadedRules } from "../load.ts"
import type { Program } from "../seclang/compile.ts"
import { isMarker, type Rule, severityNames } from "../seclang/rule.ts"
import type { Phase } from "../seclang/run/transaction.ts"
import { alertOf, alertOfFinding, contributionOf, severityFor } from "./alert.ts"
import type { Conclusion } from "./conclusion.ts"
import { judge } from "./judge.ts"
import { createRuleRun } from "./rule-run.ts"
import { defaultThresholds, type Thresholds } from "./score.ts"

export interface DetectorDeps {
  readonly ids: { alert(): AlertId }
  readonly rules: LoadedRules
}

export interface DetectorOptions extends Thresholds {
  /** What looks across messages; all that come with Thwart unless said otherwise. */
  readonly behaviours: readonly ((rules: RequestRules) => Behaviour)[]
}

const requestPhases: readonly Phase[] = [1, 2]
const unanswered: readonly Phase[] = [1, 2, 5]
const everyPhase: readonly Phase[] = [1, 2, 3, 4, 5]

/** Runs every rule over an observation and adds up what matched; at the threshold it is an alert that lists each contribution. */
export function createDetector({ ids, rules }: DetectorDeps, options: Partial<DetectorOptions> = {}): Detector {
  const thresholds = { ...defaultThresholds, ...options }
  const { program, diagnostics } = rules
  const failures = new Map<string, number>()
  const onFailure = ({ id }: Rule) => void failures.set(String(id), (failures.get(String(id)) ?? 0) + 1)

  const run = createRuleRun({ program, onFailure })

  const conclude = (observation: HttpObservation, phases: readonly Phase[]): Conclusion | undefined =>
    judge(run(observation, phases), thresholds)
  const byRequest = (observation: HttpObservation) => conclude(observation, requestPhases)
  const behaviours = (options.behaviours ?? builtIn).map((create) => create({ conclude: byRequest }))

  const inspect = (observation: Observation): Alert | null => {
    if (observation.kind === "finding") return alertOfFinding(observation, ids.alert())
    const byRules =
      observation.kind === "http"
        ? conclude(observation, observation.response === null ? unanswered : everyPhase)
        : undefined
    const conclusion = behaviours.reduce((known, behaviour) => joined(known, behaviour, observation), byRules)
    return conclusion === undefined ? null : alertOf(observation, conclusion, ids.alert())
  }

  return {
    inspect,
    inspectRequest: (observation) => {
      const conclusion = byRequest(observation)
      return conclusion === undefined ? null : alertOf(observation, conclusion, ids.alert())
    },
    rules: [...behaviours.map(({ id, summary }) => ({ id, ...summary, ...unwritten })), ...summariesOf(program)],
    diagnostics,
    failures: () => failures,
  }
}

/** What a behaviour lacks of what rules in SecLang say. */
const unwritten = { phase: null, severity: null, paranoiaLevel: null, direction: "inbound" } as const

/** The rules of a program, as lists show them. */
export function summariesOf({ steps }: Program): readonly RuleSummary[] {
  return steps.flatMap((step) => (isMarker(step) ? [] : [summaryOf(step)]))
}

function summaryOf({ id, message, file, place, tags, phase, severity }: Rule): RuleSummary {
  const level = tags.map((tag) => /^paranoia-level\/(\d)$/i.exec(tag)?.[1]).find((found) => found !== undefined)
  return {
    id: String(id),
    message,
    file,
    line: place.line,
    tags,
    phase,
    severity: severity === null ? null : (severityNames[severity] ?? null),
    paranoiaLevel: level === undefined ? null : Number(level),
    direction: phase <= 2 ? "inbound" : "outbound",
  }
}

/** One alert for one observation: what a behaviour saw goes along with what the rules found, under the further intent. */
function joined(
  known: Conclusion | undefined,
  behaviour: Behaviour,
  observation: Exclude<Observation, { kind: "finding" }>,
): Conclusion | undefined {
  const sighting = behaviour.look(observation)
  if (sighting === undefined) return known
  const contribution = contributionOf(behaviour, sighting)
  const { classification } = behaviour
  if (known === undefined) {
    const contributions = [contribution]
    const { score, threshold } = sighting
    return { classification, severity: severityFor(classification, contributions), score, threshold, contributions }
  }
  const contributions = [...known.contributions, contribution]
  const further = furthest([known.classification, classification]) ?? classification
  return {
    ...known,
    classification: further,
    severity: severityFor(further, contributions),
    score: known.score + sighting.score,
    contributions,
  }
}
