import type { Severity } from "../../core/index.ts"

/** CRS's anomaly score of a rule's severity. */
const scores: Readonly<Record<string, number>> = {
  EMERGENCY: 5,
  ALERT: 5,
  CRITICAL: 5,
  ERROR: 4,
  WARNING: 3,
  NOTICE: 2,
}

const graveness: Readonly<Record<string, Severity>> = {
  EMERGENCY: "critical",
  ALERT: "critical",
  CRITICAL: "high",
  ERROR: "high",
  WARNING: "medium",
  NOTICE: "low",
}

export const scoreOf = (severity: string | null): number => scores[severity ?? ""] ?? 0

export const severityOf = (severity: string | null): Severity => graveness[severity ?? ""] ?? "info"

export interface Thresholds {
  /** What the request (phases 1 and 2) must reach. */
  readonly inbound: number
  /** What the response (phases 3 and 4) must reach. */
  readonly outbound: number
}

/** CRS's defaults: one critical rule, or one error in the response. */
export const defaultThresholds: Thresholds = { inbound: 5, outbound: 4 }
