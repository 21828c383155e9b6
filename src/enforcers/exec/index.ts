export { execConfig } from "./config.ts"
export { createExecEnforcer } from "./exec.ts"
