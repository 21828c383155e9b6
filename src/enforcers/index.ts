export { containersConfig, createContainersEnforcer, probeContainers, usualSockets } from "./containers/index.ts"
export type {
  Block,
  Enforcer,
  Observed,
  Operation,
  OperationResult,
  Quarantine,
  QuarantineEnforcer,
} from "./enforcer.ts"
export { createExecEnforcer, execConfig } from "./exec/index.ts"
export type { HttpEnforcer } from "./http/index.ts"
export { createHttpEnforcer } from "./http/index.ts"
export { createNftablesEnforcer } from "./nftables/index.ts"
export type { Reconciler, ReconcilerStatus } from "./reconciler.ts"
export { createQuarantineReconciler, createReconciler } from "./reconciler.ts"
export { createBook } from "./told/index.ts"
export { createWebhookEnforcer, webhookConfig } from "./webhook/index.ts"
