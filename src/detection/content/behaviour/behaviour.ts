import type { ConnectionObservation, HttpObservation, Match, Severity } from "../../../core/index.ts"
import type { RuleSummary } from "../../detector.ts"
import type { Conclusion } from "../../engine/conclusion.ts"
import type { Classification } from "../classification.ts"

/** What a behaviour saw: like one matching rule, with its own threshold. */
export interface Sighting {
  readonly message: string
  readonly severity: Severity
  readonly score: number
  readonly threshold: number
  readonly matches: readonly Match[]
}

/** A detection that no rule over a single message can say: it looks across messages, or from a request to what it caused. */
export interface Behaviour {
  readonly id: string
  readonly summary: Pick<RuleSummary, "message" | "file" | "line" | "tags" | "direction" | "severity">
  readonly classification: Classification
  look(observation: HttpObservation | ConnectionObservation): Sighting | undefined
}

/** The rules over a request alone, for behaviours that ask what it is. */
export interface RequestRules {
  conclude(observation: HttpObservation): Conclusion | undefined
}
