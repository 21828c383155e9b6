import type { Alert, Incident, IncidentId, IncidentStatus, Millis } from "../core/index.ts"
import { incidentOf } from "./incident-of.ts"
import type { IntentRule } from "./intent-rule.ts"
import { restoreTracks } from "./restore.ts"
import { createSeen } from "./seen.ts"
import { sightingOf } from "./sighting.ts"
import { compileStages } from "./stage-match.ts"
import { place } from "./timeline.ts"
import { type CompiledRule, isOver, startAfresh, type Track, tell } from "./track.ts"
import { type CorrelatorLimits, createTracks } from "./tracks.ts"

export interface Correlator {
  /** The incidents that this alert opened or changed, each with a higher version. A masked or repeated alert changes nothing. */
  onAlert(alert: Alert): readonly Incident[]
  /** Sets the status of an incident that is in memory, and returns its new version; a closed one is not opened again by its own alerts. */
  setStatus(id: IncidentId, status: IncidentStatus, at: Millis): Incident | undefined
  /** Takes up where the store says that an earlier run stopped: its incidents, and the alerts of the longest window, in any order. */
  restore(alerts: readonly Alert[], incidents: readonly Incident[]): void
  readonly rules: readonly IntentRule[]
  size(): { readonly sources: number; readonly incidents: number }
}

const defaultLimits: CorrelatorLimits = { maxSources: 100_000, maxIncidents: 10_000 }

/** Joins alerts into incidents by intent rules. Pure of I/O and of time: what it returns is for the caller to store. */
export function createCorrelator(rules: readonly IntentRule[], limits: CorrelatorLimits = defaultLimits): Correlator {
  const compiled: readonly CompiledRule[] = rules
    .filter((rule) => rule.enabled)
    .map((rule) => ({ rule, stagesOf: compileStages(rule) }))
  const tracks = createTracks(limits)
  const seen = createSeen()

  /** Takes the alert in under one rule; the track when it belongs to one. */
  const take = (of: CompiledRule, alert: Alert): Track | undefined => {
    const stages = of.stagesOf(alert)
    if (stages.length === 0) return undefined
    const track = tracks.of(of, alert.attacker)
    if (alert.at <= track.closedUntil) return undefined
    track.repeated = track.shelf >= 0
    place(track.timeline, sightingOf(alert, stages), of.rule)
    return track
  }

  const join = (of: CompiledRule, alert: Alert): Incident | undefined => {
    const track = take(of, alert)
    if (track === undefined) return undefined
    const before = track.incident?.id
    // Most sources are never seen again: nothing is worked out for their first alert.
    const next = track.repeated || of.rule.opensAt === 1 ? incidentOf(track) : undefined
    if (next !== undefined) tell(track, next)
    tracks.touched(track, before)
    return next
  }

  return {
    onAlert: (alert) => {
      if (alert.masked || !seen.add(alert.id)) return []
      const changed: Incident[] = []
      for (const of of compiled) {
        const incident = join(of, alert)
        if (incident !== undefined) changed.push(incident)
      }
      return changed
    },

    setStatus: (id, status, at) => {
      const track = tracks.withIncident(id)
      if (track?.incident === undefined) return undefined
      const { version, updatedAt } = track.incident
      const next: Incident = { ...track.incident, status, version: version + 1, updatedAt: Math.max(at, updatedAt) }
      track.incident = next
      track.statusAt = at
      if (isOver(status)) startAfresh(track)
      tracks.touched(track, id)
      return next
    },

    restore: (alerts, incidents) => restoreTracks({ compiled, tracks, seen, take }, alerts, incidents),
    rules,
    size: tracks.size,
  }
}
