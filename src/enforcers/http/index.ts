export type { HttpEnforcer, HttpEnforcerOptions } from "./block-list.ts"
export { createHttpEnforcer } from "./block-list.ts"
