export { createPacedApi } from "./aws/pace.ts"
export type { AwsWafConfig, AwsWafFinding, WafCall } from "./aws-waf/index.ts"
export {
  awsWafConfig,
  checkAwsWaf,
  createAwsWafEnforcer,
  createWafApi,
  iamPolicy,
} from "./aws-waf/index.ts"
export type { Block, Enforcer, Observed, Operation, OperationResult } from "./enforcer.ts"
export type { HttpEnforcer } from "./http/index.ts"
export { createHttpEnforcer } from "./http/index.ts"
export { createNftablesEnforcer } from "./nftables/index.ts"
export type { Reconciler, ReconcilerStatus } from "./reconciler.ts"
export { createReconciler } from "./reconciler.ts"
