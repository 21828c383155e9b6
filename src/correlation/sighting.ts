import type { Alert, AlertId, IpAddress, Millis, NodeRef } from "../core/index.ts"

/** What correlation keeps of an alert, one for all rules. */
export interface Sighting {
  readonly id: AlertId
  readonly at: Millis
  readonly node: NodeRef
  readonly attacker: IpAddress
  readonly title: string
  readonly intent: Alert["intent"]
  readonly tactic: Alert["tactic"]
  readonly technique: Alert["technique"]
  readonly score: number
}

/** What a sighting is as one stage. */
export interface StageDetail {
  /** The keys by which it is found: it follows a step that leads to one of them. */
  readonly from: readonly string[]
  /** The keys that it leads to. */
  readonly to: readonly string[]
  /** What is counted of it where different values are. */
  readonly value: string | null
}

/** A sighting under one rule. */
export interface Placed {
  readonly sighting: Sighting
  /** The stages of the rule that it belongs to, the later first; never empty. */
  readonly stages: readonly number[]
  /** For each of them; undefined where the key of the track is all that matters, as for most rules. */
  readonly details: readonly StageDetail[] | undefined
}

export function sightingOf({ id, at, node, attacker, title, intent, tactic, technique, score }: Alert): Sighting {
  return { id, at, node, attacker, title, intent, tactic, technique, score }
}

/** In order of time; what happened in the same millisecond is taken in the order of the stages, so that it counts as in order. */
export function compareInTime(one: Placed, other: Placed): number {
  const [a, b] = [one.sighting, other.sighting]
  return a.at - b.at || lowest(one) - lowest(other) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function lowest({ stages }: Placed): number {
  return stages[stages.length - 1] ?? 0
}
