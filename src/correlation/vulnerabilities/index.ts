export type { KnownVulnerabilities } from "./known.ts"
export { createKnownVulnerabilities } from "./known.ts"
export type { ReadReport } from "./read-report.ts"
export { maxReportBytes, maxVulnerabilities, readReport } from "./read-report.ts"
