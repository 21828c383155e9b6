export type { Guard, GuardDeps, GuardOptions } from "./guard.ts"
export { createGuard, defaultGuardOptions } from "./guard.ts"
