import type { Alert, AlertId, Millis, NodeRef } from "../core/index.ts"

/** What correlation keeps of an alert, one for all rules. */
export interface Sighting {
  readonly id: AlertId
  readonly at: Millis
  readonly node: NodeRef
  readonly title: string
  readonly intent: Alert["intent"]
  readonly tactic: Alert["tactic"]
  readonly technique: Alert["technique"]
  readonly score: number
}

/** A sighting under one rule. */
export interface Placed {
  readonly sighting: Sighting
  /** The stages of the rule that it belongs to, the later first; never empty. */
  readonly stages: readonly number[]
}

export function sightingOf({ id, at, node, title, intent, tactic, technique, score }: Alert): Sighting {
  return { id, at, node, title, intent, tactic, technique, score }
}

/** In order of time; what happened in the same millisecond is taken in the order of the stages, so that it counts as in order. */
export function compareInTime(one: Placed, other: Placed): number {
  const [a, b] = [one.sighting, other.sighting]
  return a.at - b.at || lowest(one) - lowest(other) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function lowest({ stages }: Placed): number {
  return stages[stages.length - 1] ?? 0
}
