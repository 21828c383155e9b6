import type { Alert, Incident, IncidentId, IncidentStatus, Millis } from "../core/index.ts"
import { incidentOf } from "./incident-of.ts"
import type { IntentRule } from "./intent-rule.ts"
import { joinKeys } from "./join-keys.ts"
import { createLinks } from "./links.ts"
import { isVulnerable, type NodeFacts } from "./node-facts.ts"
import { compilePlacement } from "./placement.ts"
import { type Progress, runOf } from "./progress.ts"
import { type Reconsidered, reconsider, withoutMasked } from "./reconsider.ts"
import { type Restore, startRestore, type Take } from "./restore.ts"
import { createSeen } from "./seen.ts"
import { sightingOf } from "./sighting.ts"
import { compileStages } from "./stage-match.ts"
import { createTake } from "./take.ts"
import { progressOf } from "./timeline.ts"
import { type CompiledRule, certainAt, isOver, startAfresh, type Track, tell } from "./track.ts"
import { type CorrelatorLimits, createTracks } from "./tracks.ts"
import { createWaiting } from "./waiting.ts"

export interface Correlator {
  /** The incidents that this alert opened or changed, each with a higher version. A masked or repeated alert changes nothing. */
  onAlert(alert: Alert): readonly Incident[]
  /** As `onAlert` for each of them in turn, but an incident that several change is told once. */
  onAlerts(alerts: readonly Alert[]): readonly Incident[]
  /** The incidents that open because nothing followed that would make them none; to be asked now and then, also while no alert comes. */
  onTime(now: Millis): readonly Incident[]
  /** Sets the status of an incident that is in memory, and returns its new version; a closed one is not opened again by its own alerts. */
  setStatus(id: IncidentId, status: IncidentStatus, at: Millis): Incident | undefined
  /** The incident without what was masked, or with what was unmasked: a new version. Alerts that come later go on from that. */
  reconsider(incident: Incident, by: Reconsidered): Incident
  /** Takes up where the store says that an earlier run stopped: its incidents, and the alerts of the longest window, in any order. */
  restore(alerts: readonly Alert[], incidents: readonly Incident[]): void
  /** As `restore`, where the alerts come in parts: all of them from `since` on. */
  startRestore(incidents: readonly Incident[], since: Millis): Restore
  readonly rules: readonly IntentRule[]
  size(): { readonly sources: number; readonly incidents: number }
}

export interface CorrelatorOptions {
  readonly limits?: CorrelatorLimits
  /** What is known of nodes; without it no node is known to be vulnerable. */
  readonly facts?: NodeFacts
}

// A source has a track under each rule that it concerns. A million sources leave under 150 MB of these (flood.test.ts).
const defaultLimits: CorrelatorLimits = { maxSources: 200_000, maxIncidents: 10_000 }

/** Joins alerts into incidents by intent rules. Pure of I/O and of time: what it returns is for the caller to store. */
export function createCorrelator(
  rules: readonly IntentRule[],
  { limits = defaultLimits, facts = {} }: CorrelatorOptions = {},
): Correlator {
  const compiled = rules.filter((rule) => rule.enabled).map((rule) => compileRule(rule, facts))
  const seen = createSeen()
  const waiting = createWaiting()
  const tracks = createTracks(limits, waiting.now)
  const take: Take = createTake(tracks)

  const tellNow = (track: Track): readonly Incident[] => {
    const { rule } = track.compiled
    // Most sources are never seen again: nothing is worked out for their first alert.
    if (track.alerts < 2 && rule.opensAt > 1 && track.incident === undefined) return []
    const before = track.incident?.id
    const progress = progressOf(track.timeline, rule)
    const run = runOf(progress, rule)
    const isFurther = track.stages !== run.length
    track.stages = run.length
    // A late alert made one session of two: what follows the next silence is another incident all the same.
    track.session = Math.min(track.session, progress.session)
    const next = incidentOf(track, progress, run)
    const isTold = next !== undefined && mayTell(track, next.incident, progress)
    if (isTold) tell(track, next.incident, next.session)
    if (isTold || isFurther) tracks.touched(track, before)
    return isTold ? [next.incident] : []
  }

  const mayTell = (track: Track, incident: Incident, progress: Progress): boolean => {
    const { rule } = track.compiled
    if (incident.id === track.incident?.id) return true
    if (rule.vulnerable !== null && !isVulnerable(facts, incident.nodes, rule.vulnerable)) return false
    const due = certainAt(track, progress)
    if (due < waiting.now()) return true
    waiting.until(track, due)
    return false
  }

  const onAlerts = (alerts: readonly Alert[]): readonly Incident[] => {
    const changed: Incident[] = []
    const untold = new Set<Track>()
    // What comes after a gap is another incident: this one is told first.
    const tellBeforeGap = (track: Track) => {
      if (untold.delete(track)) changed.push(...tellNow(track))
    }
    for (const alert of alerts) {
      if (alert.masked || !seen.add(alert.id)) continue
      waiting.seen(alert.at)
      for (const track of waiting.due()) changed.push(...tellNow(track))
      const sighting = sightingOf(alert)
      for (const of of compiled) for (const track of take(of, alert, sighting, tellBeforeGap)) untold.add(track)
    }
    for (const track of untold) changed.push(...tellNow(track))
    return changed
  }

  const restore = (incidents: readonly Incident[], willBeTaken: (incident: Incident) => boolean): Restore => {
    const { take: takeAll, end } = startRestore({ compiled, tracks, seen, take }, incidents, willBeTaken)
    return {
      take: (alerts) => {
        for (const { at } of alerts) waiting.seen(at)
        takeAll(alerts)
      },
      end,
    }
  }

  return {
    onAlert: (alert) => onAlerts([alert]),
    onAlerts,

    onTime: (now) => {
      waiting.tick(now)
      return waiting.due().flatMap(tellNow)
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

    reconsider: (incident, by) => {
      const track = tracks.withIncident(incident.id)
      if (track?.incident === undefined) {
        const opensAt = rules.find(({ id }) => id === incident.rule)?.opensAt ?? 1
        return withoutMasked(incident, by, opensAt)
      }
      const next = reconsider(track, track.incident, by)
      tracks.touched(track, incident.id)
      return next
    },

    restore: (alerts, incidents) => {
      const given = new Set(alerts.map(({ id }) => id))
      const restoring = restore(
        incidents,
        ({ stages }) => stages[0]?.alerts.slice(0, 1).every((id) => given.has(id)) === true,
      )
      restoring.take(alerts)
      restoring.end()
    },
    startRestore: (incidents, since) => restore(incidents, ({ stages }) => (stages[0]?.firstAt ?? since - 1) >= since),
    rules,
    size: tracks.size,
  }
}

function compileRule(rule: IntentRule, facts: NodeFacts): CompiledRule {
  const keys = joinKeys(rule, facts)
  return {
    rule,
    placementsOf: compilePlacement(rule, compileStages(rule), keys),
    links: keys.linked ? createLinks(rule.lateMs) : undefined,
  }
}
