import type { Contribution, Severity } from "../../core/index.ts"
import type { Classification } from "../content/classification.ts"

/** What was concluded from an observation. */
export interface Conclusion {
  readonly classification: Classification
  readonly severity: Severity
  readonly score: number
  readonly threshold: number
  readonly contributions: readonly Contribution[]
}
