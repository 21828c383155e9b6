/** A rule as a file of its own, under another id. */
export { cloneEventRule } from "./clone.ts"
export type {
  EvaluatorDeps,
  EvaluatorOptions,
  EventEvaluator,
  Judgement,
  Outcome as EventOutcome,
  RuleCounts,
} from "./evaluator.ts"
/** Holds events against rules, and raises alerts. */
export { createEventEvaluator } from "./evaluator.ts"
export type { EventRule } from "./event-rule.ts"
export { eventSchema } from "./event-schema.ts"
export type { CheckedEventRules, EventRuleFiles } from "./rule-file.ts"
/** Reads event rules from YAML. */
export { checkEventRules, loadEventRules, parseEventRules } from "./rule-file.ts"
/** A rule in English. */
export { eventRuleSentence } from "./sentence.ts"
/** Rules as lists show them. */
export { eventRuleSummaries } from "./summary.ts"
