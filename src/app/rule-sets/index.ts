export type { FetchedRules, FetchStep } from "./fetch-rules.ts"
export { fetchRules } from "./fetch-rules.ts"
export { rulesNamed } from "./named.ts"
