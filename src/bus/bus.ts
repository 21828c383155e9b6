import type { Alert, Countermeasure, Incident, PolicyId, Recommendation, RecommendationId } from "../core/index.ts"

/** What moves through the house, by topic. */
export interface Topics {
  readonly alert: Alert
  readonly incident: Incident
  readonly countermeasure: Countermeasure
  readonly recommendation: RecommendationChange
}

export interface RecommendationChange {
  readonly id: RecommendationId
  readonly policy: PolicyId
  /** Null: nothing of it is pending any more. */
  readonly recommendation: Recommendation | null
}

export type Topic = keyof Topics

/**
 * Carries. A message reaches every subscriber of its topic at least once, in the order in which one publisher published it.
 * A subscriber that throws is logged by the bus and does not hold up the others. `subscribe` returns the function that ends it.
 */
export interface Bus {
  publish<T extends Topic>(topic: T, message: Topics[T]): void
  subscribe<T extends Topic>(topic: T, onMessage: (message: Topics[T]) => void): () => void
  close(): Promise<void>
}
