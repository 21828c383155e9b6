export { createBacktest } from "./backtest.ts"
export type { Backtest, BacktestDeps, BacktestProgress, BacktestRequest, RuleSubject } from "./services.ts"
