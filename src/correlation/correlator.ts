import {
  type Alert,
  type Incident,
  type IncidentId,
  type IncidentStatus,
  isUnspecified,
  type Millis,
} from "../core/index.ts"
import { incidentOf } from "./incident-of.ts"
import type { IntentRule } from "./intent-rule.ts"
import { restoreTracks, type Take } from "./restore.ts"
import { createSeen } from "./seen.ts"
import { sightingOf } from "./sighting.ts"
import { compileStages } from "./stage-match.ts"
import { place } from "./timeline.ts"
import { type CompiledRule, isOver, startAfresh, type Track, tell } from "./track.ts"
import { type CorrelatorLimits, createTracks } from "./tracks.ts"

export interface Correlator {
  /** The incidents that this alert opened or changed, each with a higher version. A masked or repeated alert changes nothing. */
  onAlert(alert: Alert): readonly Incident[]
  /** As `onAlert` for each of them in turn, but an incident that several change is told once. */
  onAlerts(alerts: readonly Alert[]): readonly Incident[]
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

  const tellNow = (track: Track): readonly Incident[] => {
    const before = track.incident?.id
    // Most sources are never seen again: nothing is worked out for their first alert.
    const next = track.repeated || track.compiled.rule.opensAt === 1 ? incidentOf(track) : undefined
    if (next === undefined) return []
    tell(track, next.incident, next.session)
    tracks.touched(track, before)
    return [next.incident]
  }

  const take: Take = (of, alert, sighting, beforeGap) => {
    const stages = of.stagesOf(alert)
    if (stages.length === 0) return undefined
    const track = tracks.of(of, alert.attacker)
    if (alert.at <= track.closedUntil) return undefined
    if (alert.at > track.timeline.newestAt + of.rule.windowMs) beforeGap?.(track)
    track.repeated = track.shelf >= 0
    place(track.timeline, { sighting, stages }, of.rule)
    tracks.touched(track, track.incident?.id)
    return track
  }

  const onAlerts = (alerts: readonly Alert[]): readonly Incident[] => {
    const changed: Incident[] = []
    const untold = new Set<Track>()
    // What comes after a gap is another incident: this one is told first.
    const tellBeforeGap = (track: Track) => {
      if (untold.delete(track)) changed.push(...tellNow(track))
    }
    for (const alert of alerts) {
      // What nobody is known to have done has no attacker in common with anything.
      if (alert.masked || isUnspecified(alert.attacker) || !seen.add(alert.id)) continue
      const sighting = sightingOf(alert)
      for (const of of compiled) {
        const track = take(of, alert, sighting, tellBeforeGap)
        if (track !== undefined) untold.add(track)
      }
    }
    for (const track of untold) changed.push(...tellNow(track))
    return changed
  }

  return {
    onAlert: (alert) => onAlerts([alert]),
    onAlerts,

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
