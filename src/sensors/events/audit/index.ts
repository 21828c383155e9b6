/** Reads Linux audit events. */
export { createAuditReader } from "./reader.ts"
