export type { AwsCall } from "./aws/call.ts"
export type { AwsFinding } from "./aws/finding.ts"
export { iamPolicyOf } from "./aws/iam-policy.ts"
export { createPacedApi } from "./aws/pace.ts"
export type { AwsNaclConfig } from "./aws-nacl/index.ts"
export {
  awsNaclConfig,
  checkAwsNacl,
  createAwsNaclEnforcer,
  createNaclApi,
  naclPace,
  naclStatements,
} from "./aws-nacl/index.ts"
export type { AwsWafConfig } from "./aws-waf/index.ts"
export {
  awsWafConfig,
  checkAwsWaf,
  createAwsWafEnforcer,
  createWafApi,
  wafPace,
  wafStatements,
} from "./aws-waf/index.ts"
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
export type { HttpEnforcer } from "./http/index.ts"
export { createHttpEnforcer } from "./http/index.ts"
export { createNftablesEnforcer } from "./nftables/index.ts"
export type { Reconciler, ReconcilerStatus } from "./reconciler.ts"
export { createQuarantineReconciler, createReconciler } from "./reconciler.ts"
