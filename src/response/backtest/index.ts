export { createBacktest } from "./backtest.ts"
export type { Backtest, BacktestDeps, BacktestProgress, BacktestRequest } from "./services.ts"
