import type { Alert, AlertId, HttpObservation, Observation } from "../../core/index.ts"
import type { Behaviour, RequestRules, Sighting } from "../content/behaviour/behaviour.ts"
import { behaviours as builtIn } from "../content/behaviour/behaviours.ts"
import { furthest } from "../content/classification.ts"
import type { Detector } from "../detector.ts"
import type { LoadedRules } from "../load.ts"
import type { RulePolicy } from "../policy/rule-policy.ts"
import { createTaking } from "../policy/taking.ts"
import { isMarker, type Rule } from "../seclang/rule.ts"
import type { Phase } from "../seclang/run/transaction.ts"
import { alertOf, alertOfFinding, contributionOf, severityFor } from "./alert.ts"
import type { Conclusion } from "./conclusion.ts"
import { judge } from "./judge.ts"
import { createRuleRun } from "./rule-run.ts"
import { defaultThresholds, type Thresholds } from "./score.ts"
import { summaryOf, summaryOfBehaviour } from "./summary.ts"

export interface DetectorDeps {
  readonly ids: { alert(): AlertId }
  readonly rules: LoadedRules
  /** Which rules are off, and where exceptions hold; followed as it changes. */
  readonly policy?: RulePolicy
}

export interface DetectorOptions extends Thresholds {
  /** What looks across messages; all that come with Thwart unless said otherwise. */
  readonly behaviours: readonly ((rules: RequestRules) => Behaviour)[]
}

const requestPhases: readonly Phase[] = [1, 2]
const unanswered: readonly Phase[] = [1, 2, 5]
const everyPhase: readonly Phase[] = [1, 2, 3, 4, 5]

/** Runs every rule over an observation and adds up what matched; at the threshold it is an alert that lists each contribution. */
export function createDetector({ ids, rules, policy }: DetectorDeps, options: Partial<DetectorOptions> = {}): Detector {
  const thresholds = { ...defaultThresholds, ...options }
  const { program, diagnostics } = rules
  const failures = new Map<string, number>()
  const onFailure = ({ id }: Rule) => void failures.set(String(id), (failures.get(String(id)) ?? 0) + 1)

  const removable = program.steps.filter((step): step is Rule => !isMarker(step))
  const takenFrom = policy === undefined ? () => null : createTaking(policy, removable)
  const run = createRuleRun({ program, onFailure, takenFrom })
  const isAway = (rule: string, observation: Observation) =>
    takenFrom(observation)?.some(({ rules }) => rules.has(rule)) === true

  const conclude = (observation: HttpObservation, phases: readonly Phase[]): Conclusion | undefined =>
    judge(run(observation, phases), thresholds)
  const byRequest = (observation: HttpObservation) => conclude(observation, requestPhases)
  const behaviours = (options.behaviours ?? builtIn).map((create) => create({ conclude: byRequest }))

  const inspect = (observation: Observation): Alert | null => {
    if (observation.kind === "finding") {
      const alert = alertOfFinding(observation, ids.alert())
      return alert.contributions.every(({ rule }) => isAway(rule, observation)) ? null : alert
    }
    // Rules over the fields of events are another evaluator's, which gives one alert a rule.
    if (observation.kind === "event") return null
    const byRules =
      observation.kind === "http"
        ? conclude(observation, observation.response === null ? unanswered : everyPhase)
        : undefined
    const conclusion = behaviours.reduce((known, behaviour) => {
      const sighting = behaviour.look(observation)
      return sighting === undefined || isAway(behaviour.id, observation) ? known : joined(known, behaviour, sighting)
    }, byRules)
    return conclusion === undefined ? null : alertOf(observation, conclusion, ids.alert())
  }

  return {
    inspect,
    inspectRequest: (observation) => {
      const conclusion = byRequest(observation)
      return conclusion === undefined ? null : alertOf(observation, conclusion, ids.alert())
    },
    rules: [...behaviours.map(summaryOfBehaviour), ...removable.map(summaryOf)],
    diagnostics,
    failures: () => failures,
  }
}

/** One alert for one observation: what a behaviour saw goes along with what the rules found, under the further intent. */
function joined(known: Conclusion | undefined, behaviour: Behaviour, sighting: Sighting): Conclusion {
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
