import type { Clock, Ids } from "../../core/index.ts"
import {
  createDetector,
  createEventEvaluator,
  createRulePolicy,
  type Detector,
  type EventEvaluator,
  eventRuleSummaries,
  loadEventRules,
  loadRules,
  type RuleSummary,
} from "../../detection/index.ts"
import type { Config } from "../config.ts"
import { createInspect, type Inspect } from "../inspect.ts"
import { chosenRules } from "../rule-choice.ts"
import { eventRulesOr, yamlFilesOnDisk } from "../rule-files.ts"

/** What looks at observations. */
export interface Detection {
  /** Which rules are off, and where exceptions hold. */
  readonly policy: ReturnType<typeof createRulePolicy>
  readonly detector: Detector
  readonly evaluator: EventEvaluator
  readonly inspect: Inspect
  readonly eventRules: ReturnType<typeof loadEventRules>
  /** Of all kinds. */
  readonly rules: readonly RuleSummary[]
}

/** Throws for rules that can't be read, with every mistake. */
export function createDetection(
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
  { config, dataDir }: { readonly config: Config; readonly dataDir: string },
): Detection {
  const policy = createRulePolicy(clock)
  const { rules, paranoiaLevel } = config
  const detector = createDetector({ ids, policy, rules: loadRules(...chosenRules({ rules, paranoiaLevel, dataDir })) })
  const eventRules = loadEventRules(eventRulesOr(config.eventRules), yamlFilesOnDisk)
  const evaluator = createEventEvaluator({ ids, policy, rules: eventRules.rules })
  return {
    policy,
    detector,
    evaluator,
    inspect: createInspect(detector, evaluator),
    eventRules,
    rules: [...detector.rules, ...eventRuleSummaries(eventRules)],
  }
}
