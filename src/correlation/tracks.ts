import { createShelf, type IncidentId, type IpAddress, type Shelf } from "../core/index.ts"
import { type CompiledRule, newTrack, notShelved, type Track } from "./track.ts"

export interface CorrelatorLimits {
  /** Sources remembered that have no incident; beyond, those with a single alert are forgotten first, then the quietest. */
  readonly maxSources: number
  /** Sources remembered with an incident; beyond, those with fewer stages are forgotten first, then the quietest; the store still has them. */
  readonly maxIncidents: number
}

export interface Tracks {
  of(compiled: CompiledRule, attacker: IpAddress): Track
  withIncident(id: IncidentId): Track | undefined
  /** To be called after each change of a track, with the incident that it had: puts it where it belongs now, and forgets what is too much. */
  touched(track: Track, before: IncidentId | undefined): void
  size(): { readonly sources: number; readonly incidents: number }
}

/**
 * Shelves, each in order of last use: single alerts, several, and incidents by their number of stages. The lowest gives way first, so
 * that a flood of sources that came less far never pushes out one that came further.
 */
export function createTracks({ maxSources, maxIncidents }: CorrelatorLimits): Tracks {
  const byRule = new Map<CompiledRule, Map<string, Track>>()
  const byIncident = new Map<IncidentId, Track>()
  const shelves: Shelf<Track>[] = [createShelf(), createShelf()]

  const rowOf = (compiled: CompiledRule) => {
    const known = byRule.get(compiled)
    if (known !== undefined) return known
    const row = new Map<string, Track>()
    byRule.set(compiled, row)
    return row
  }
  const counted = (from: number, to: number) => {
    let sum = 0
    for (let shelf = from; shelf < to; shelf++) sum += shelves[shelf]?.size() ?? 0
    return sum
  }
  const quietestOf = (from: number, to: number) => {
    for (let shelf = from; shelf < to; shelf++) {
      const track = shelves[shelf]?.quietest()
      if (track !== undefined) return track
    }
    return undefined
  }
  const makeRoom = (from: number, to: number, most: number) => {
    for (let excess = counted(from, to) - most; excess > 0; excess--) {
      const track = quietestOf(from, to)
      if (track === undefined) return
      shelves[track.shelf]?.remove(track)
      track.shelf = notShelved
      if (track.incident !== undefined) byIncident.delete(track.incident.id)
      rowOf(track.compiled).delete(track.attacker)
    }
  }

  return {
    of: (compiled, attacker) => rowOf(compiled).get(attacker) ?? newTrack(compiled, attacker),
    withIncident: (id) => byIncident.get(id),
    touched: (track, before) => {
      if (before !== undefined && before !== track.incident?.id) byIncident.delete(before)
      if (track.incident !== undefined) byIncident.set(track.incident.id, track)
      if (track.shelf === notShelved) rowOf(track.compiled).set(track.attacker, track)
      else shelves[track.shelf]?.remove(track)
      track.shelf = shelfOf(track)
      while (shelves.length <= track.shelf) shelves.push(createShelf())
      shelves[track.shelf]?.put(track)
      makeRoom(0, 2, maxSources)
      makeRoom(2, shelves.length, maxIncidents)
    },
    size: () => ({ sources: counted(0, 2), incidents: counted(2, shelves.length) }),
  }
}

function shelfOf({ incident, repeated }: Track): number {
  if (incident !== undefined) return 1 + Math.max(1, incident.stages.length)
  return repeated ? 1 : 0
}
