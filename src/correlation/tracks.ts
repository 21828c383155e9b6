import { createShelf, type IncidentId, type Millis, type Shelf } from "../core/index.ts"
import { maxStages } from "./intent-rule.ts"
import { type CompiledRule, newTrack, notShelved, type Track } from "./track.ts"

export interface CorrelatorLimits {
  /**
   * Sources remembered that have no incident (one that keeps much counts as several); beyond, those that came less far are forgotten
   * first, then the quietest.
   */
  readonly maxSources: number
  /** Sources remembered with an incident; beyond, those with fewer stages are forgotten first, then the quietest; the store still has them. */
  readonly maxIncidents: number
}

export interface Tracks {
  of(compiled: CompiledRule, key: string): Track
  withIncident(id: IncidentId): Track | undefined
  /** To be called after each change of a track, with the incident that it had: puts it where it belongs now, and forgets what is too much. */
  touched(track: Track, before: IncidentId | undefined): void
  size(): { readonly sources: number; readonly incidents: number }
}

// By stages that were reached, and among those by alerts in powers of two; then incidents, by their stages.
const levels = 8
const firstOfIncidents = (maxStages + 1) * levels
const allShelves = firstOfIncidents + maxStages + 1
// Sightings and marks that weigh as much as a source.
const keptPerWeight = 16

/**
 * Shelves, each in order of last use: sources by the stages that they reached and the alerts that they had, and incidents. The lowest
 * gives way first, so that a flood of sources that came less far never pushes out one that came further. What is over gives way before
 * that: the next alert would begin it afresh.
 */
export function createTracks({ maxSources, maxIncidents }: CorrelatorLimits, now: () => Millis): Tracks {
  const byRule = new Map<CompiledRule, Map<string, Track>>()
  const byIncident = new Map<IncidentId, Track>()
  const shelves: readonly Shelf<Track>[] = Array.from({ length: allShelves }, () => createShelf<Track>())
  let [sources, incidents, weight] = [0, 0, 0]

  const rowOf = (compiled: CompiledRule) => {
    const known = byRule.get(compiled)
    if (known !== undefined) return known
    const row = new Map<string, Track>()
    byRule.set(compiled, row)
    return row
  }
  const put = (track: Track, shelf: number) => {
    track.shelf = shelf
    shelves[shelf]?.put(track)
    track.weight = weightOf(track)
    if (shelf >= firstOfIncidents) {
      incidents++
      return
    }
    sources++
    weight += track.weight
  }
  const take = (track: Track) => {
    shelves[track.shelf]?.remove(track)
    if (track.shelf >= firstOfIncidents) incidents--
    else {
      sources--
      weight -= track.weight
    }
    track.shelf = notShelved
  }
  const forgetQuietest = (from: number, to: number) => {
    let quietest: Track | undefined
    const time = now()
    for (let shelf = to - 1; shelf >= from; shelf--) {
      const found = shelves[shelf]?.quietest()
      if (found === undefined) continue
      quietest = found
      if (found.timeline.newestAt + found.compiled.rule.windowMs < time) break
    }
    if (quietest === undefined) return
    take(quietest)
    if (quietest.incident !== undefined) byIncident.delete(quietest.incident.id)
    rowOf(quietest.compiled).delete(quietest.key)
    quietest.compiled.links?.forget(quietest)
  }

  return {
    of: (compiled, key) => rowOf(compiled).get(key) ?? newTrack(compiled, key),
    withIncident: (id) => byIncident.get(id),
    touched: (track, before) => {
      if (before !== undefined && before !== track.incident?.id) byIncident.delete(before)
      if (track.incident !== undefined) byIncident.set(track.incident.id, track)
      if (track.shelf === notShelved) rowOf(track.compiled).set(track.key, track)
      else take(track)
      put(track, shelfOf(track))
      while (weight > maxSources) forgetQuietest(0, firstOfIncidents)
      while (incidents > maxIncidents) forgetQuietest(firstOfIncidents, allShelves)
    },
    size: () => ({ sources, incidents }),
  }
}

function shelfOf({ incident, stages, alerts }: Track): number {
  if (incident !== undefined) return firstOfIncidents + Math.min(maxStages, incident.stages.length)
  return Math.min(maxStages, stages) * levels + Math.min(levels - 1, 31 - Math.clz32(alerts | 1))
}

function weightOf({ timeline: { settled, recent } }: Track): number {
  let kept = recent.length
  for (const { marks } of settled?.steps ?? []) kept += marks?.size ?? 0
  return 1 + Math.floor(kept / keptPerWeight)
}
