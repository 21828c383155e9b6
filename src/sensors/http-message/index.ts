export type { Decoded } from "./content-coding.ts"
export { decodeContent } from "./content-coding.ts"
