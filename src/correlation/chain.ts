import type { Alert, AlertId, Millis, NodeRef } from "../core/index.ts"
import { type IntentRule, isStage } from "./intent-rule.ts"

/** What correlation keeps of an alert. */
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

/** The sightings of one attacker under one rule, a list a stage, each in order of time and then of id. */
export type Chain = readonly Sighting[][]

// The first and the last sightings decide where a stage begins and ends; those between change nothing but its count.
export const maxKeptPerStage = 100

export interface RecognisedStage {
  readonly index: number
  readonly sightings: readonly Sighting[]
}

export function sightingOf({ id, at, node, title, intent, tactic, technique, score }: Alert): Sighting {
  return { id, at, node, title, intent, tactic, technique, score }
}

/** Puts a sighting where its time belongs; a full list loses one from its middle, whatever the order of arrival. */
export function insert(list: Sighting[], sighting: Sighting): void {
  let place = list.length
  while (place > 0 && isBefore(sighting, list[place - 1])) place--
  list.splice(place, 0, sighting)
  if (list.length > maxKeptPerStage) list.splice(maxKeptPerStage / 2, 1)
}

export function stagesOf(rule: IntentRule, alert: Alert): readonly number[] {
  return rule.stages.flatMap((filter, index) => (isStage(filter, alert) ? [index] : []))
}

/**
 * The stages that were seen in order: the longest run of stages, each of which has a sighting not before the first one of the stage
 * before it. Where two runs are as long, the one that ends furthest in the rule, so that the gravest reading wins.
 */
export function recognise(chain: Chain): readonly RecognisedStage[] {
  // best[i]: the longest run that ends with stage i, and the earliest time that its last stage can begin.
  const best: ({ readonly run: readonly RecognisedStage[]; readonly at: Millis } | undefined)[] = []
  for (const [index, sightings] of chain.entries()) {
    for (let before = index - 1; before >= -1; before--) {
      const previous = before < 0 ? { run: [], at: Number.NEGATIVE_INFINITY } : best[before]
      if (previous === undefined) continue
      const inOrder = sightings.filter(({ at }) => at >= previous.at)
      const first = inOrder[0]
      if (first === undefined) continue
      const run = [...previous.run, { index, sightings: inOrder }]
      const known = best[index]
      if (
        known === undefined ||
        run.length > known.run.length ||
        (run.length === known.run.length && first.at < known.at)
      )
        best[index] = { run, at: first.at }
    }
  }
  let longest: readonly RecognisedStage[] = []
  for (const entry of best) if (entry !== undefined && entry.run.length >= longest.length) longest = entry.run
  return longest
}

function isBefore(one: Sighting, other: Sighting | undefined): boolean {
  return other !== undefined && (one.at < other.at || (one.at === other.at && one.id < other.id))
}
