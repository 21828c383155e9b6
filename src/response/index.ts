export type { AllowWish, AsnsOf, ResolveHost } from "./allowlist/index.ts"
export type { Backtest, BacktestProgress, BacktestRequest, RuleSubject } from "./backtest/index.ts"
export { createBacktest } from "./backtest/index.ts"
export type { Explanation } from "./explain.ts"
export { createExplain } from "./explain.ts"
export type { GuardrailLimits } from "./guardrails/index.ts"
export { defaultLimits } from "./guardrails/index.ts"
export { defaultPolicies } from "./policies.ts"
export { createResponder } from "./responder.ts"
export { policySentence } from "./sentence.ts"
export type {
  Actor,
  Allowed,
  BlockRequest,
  Decision,
  DecisionReport,
  ModeChange,
  ModeWish,
  PendingPage,
  Responder,
  ResponderDeps,
} from "./services.ts"
export type { MachineFacts, Protected } from "./surroundings.ts"
export { surroundingsOf } from "./surroundings.ts"
