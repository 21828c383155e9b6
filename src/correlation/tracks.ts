import type { IncidentId, Millis } from "../core/index.ts"
import { maxStages } from "./intent-rule.ts"
import { createPool, type Pool, type Standing } from "./pool.ts"
import { type CompiledRule, newTrack, type Track } from "./track.ts"

export interface CorrelatorLimits {
  /** Sources remembered that have no incident, under each rule; one that keeps much counts as several. Beyond, see Pool. */
  readonly maxSources: number
  /** Sources remembered with an incident; beyond, those with fewer stages are forgotten first; the store still has them. */
  readonly maxIncidents: number
}

export interface Tracks {
  of(compiled: CompiledRule, key: string): Track
  withIncident(id: IncidentId): Track | undefined
  /** To be called after each change of a track, with the incident that it had: puts it where it belongs now, and forgets what is too much. */
  touched(track: Track, before: IncidentId | undefined): void
  size(): { readonly sources: number; readonly incidents: number }
}

// Sources stand by the stages that they reached, and among those by their alerts in powers of two.
const levels = 8
// Sightings and marks that weigh as much as a source.
const keptPerWeight = 16

export function createTracks({ maxSources, maxIncidents }: CorrelatorLimits, now: () => Millis): Tracks {
  const byRule = new Map<CompiledRule, Map<string, Track>>()
  const byIncident = new Map<IncidentId, Track>()
  const sources = createPool(maxSources, maxStages * levels, now)
  const incidents = createPool(maxIncidents, maxStages + 1, now)

  const rowOf = (compiled: CompiledRule) => {
    const known = byRule.get(compiled)
    if (known !== undefined) return known
    const row = new Map<string, Track>()
    byRule.set(compiled, row)
    return row
  }
  const forgetSurplus = (pool: Pool) => {
    for (let track = pool.surplus(); track !== undefined; track = pool.surplus()) {
      pool.remove(track)
      if (track.incident !== undefined) byIncident.delete(track.incident.id)
      rowOf(track.compiled).delete(track.key)
      track.compiled.links?.forget(track)
    }
  }

  return {
    of: (compiled, key) => rowOf(compiled).get(key) ?? newTrack(compiled, key),
    withIncident: (id) => byIncident.get(id),
    touched: (track, before) => {
      if (before !== undefined && before !== track.incident?.id) byIncident.delete(before)
      if (track.incident !== undefined) byIncident.set(track.incident.id, track)
      if (track.pool === undefined) rowOf(track.compiled).set(track.key, track)
      const pool = track.incident === undefined ? sources : incidents
      pool.put(track, standingOf(track))
      forgetSurplus(pool)
    },
    size: () => ({ sources: sources.size(), incidents: incidents.size() }),
  }
}

function standingOf({ incident, stages, alerts, timeline }: Track): Standing {
  if (incident !== undefined) return { rank: incident.stages.length, weight: 1 }
  const level = Math.min(levels - 1, 31 - Math.clz32(alerts | 1))
  // One stage may be one alert: it is no further than that.
  return { rank: Math.max(0, Math.min(maxStages, stages) - 1) * levels + level, weight: weightOf(timeline) }
}

function weightOf({ settled, recent }: Track["timeline"]): number {
  let kept = recent.length
  for (const { marks } of settled?.steps ?? []) kept += marks?.size ?? 0
  return 1 + Math.floor(kept / keptPerWeight)
}
