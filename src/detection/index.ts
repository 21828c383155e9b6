export type { Detector, RuleSummary } from "./detector.ts"
export type { DetectorDeps, DetectorOptions } from "./engine/detector.ts"
export { createDetector } from "./engine/detector.ts"
export type { Thresholds } from "./engine/score.ts"
export { defaultThresholds } from "./engine/score.ts"
export { summariesOf } from "./engine/summary.ts"
export { type Outcome, type Trace, type TracedRule, trace } from "./engine/trace.ts"
export type {
  CheckedEventRules,
  EventEvaluator,
  EventOutcome,
  EventRule,
  EventRuleFiles,
  Judgement,
  RuleCounts,
} from "./events/index.ts"
export {
  checkEventRules,
  cloneEventRule,
  createEventEvaluator,
  eventRuleSentence,
  eventRuleSummaries,
  eventSchema,
  loadEventRules,
  parseEventRules,
} from "./events/index.ts"
export { type Overrides, readOverrides } from "./ftw/overrides.ts"
export { requestBytes } from "./ftw/request.ts"
export { type FtwFailure, type FtwReport, runTests } from "./ftw/runner.ts"
export { type FtwTest, readTestFile } from "./ftw/test-file.ts"
export type { LoadedRules, RuleFiles } from "./load.ts"
export { checkRules, loadRules } from "./load.ts"
export { checkParameter } from "./policy/parameter.ts"
export type { LiveRulePolicy, RulePolicy, RulePolicyState } from "./policy/rule-policy.ts"
export { createRulePolicy } from "./policy/rule-policy.ts"
export { readRequest } from "./raw-request.ts"
export { enableLinearRegexFallback } from "./regex-safety.ts"
