export { containersConfig, createContainersEnforcer, probeContainers, usualSockets } from "./containers/index.ts"
export type {
  Block,
  Enforcer,
  Observed,
  Operation,
  OperationResult,
  Preview,
  PreviewedCall,
  Quarantine,
  QuarantineEnforcer,
} from "./enforcer.ts"
export type { HttpEnforcer } from "./http/index.ts"
export { createHttpEnforcer } from "./http/index.ts"
export { createNftablesEnforcer } from "./nftables/index.ts"
export { previewBlock, previewQuarantine } from "./preview.ts"
export type { Reconciler, ReconcilerStatus } from "./reconciler.ts"
export { createQuarantineReconciler, createReconciler } from "./reconciler.ts"
