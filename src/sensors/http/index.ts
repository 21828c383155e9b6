export type { Guard, GuardCounters, GuardDeps, UpgradeListener } from "./guard.ts"
export { createGuard } from "./guard.ts"
export type { GuardOptions } from "./options.ts"
export { defaultGuardOptions } from "./options.ts"
