import type { Alert, AlertId, Millis, NodeRef } from "../core/index.ts"

/** What correlation keeps of an alert, under one rule. */
export interface Sighting {
  readonly id: AlertId
  readonly at: Millis
  readonly node: NodeRef
  readonly title: string
  readonly intent: Alert["intent"]
  readonly tactic: Alert["tactic"]
  readonly technique: Alert["technique"]
  readonly score: number
  /** The stages of the rule that it belongs to, the later first; never empty. */
  readonly stages: readonly number[]
}

export function sightingOf(alert: Alert, stages: readonly number[]): Sighting {
  const { id, at, node, title, intent, tactic, technique, score } = alert
  return { id, at, node, title, intent, tactic, technique, score, stages }
}

/** In order of time; what happened in the same millisecond is taken in the order of the stages, so that it counts as in order. */
export function compareSightings(one: Sighting, other: Sighting): number {
  return one.at - other.at || lowest(one) - lowest(other) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
}

function lowest({ stages }: Sighting): number {
  return stages[stages.length - 1] ?? 0
}
