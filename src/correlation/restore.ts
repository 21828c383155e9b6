import { type Alert, type AlertId, type Incident, isUnspecified, type Millis, type RuleId } from "../core/index.ts"
import { longestRun, type Progress, type Step } from "./progress.ts"
import type { Seen } from "./seen.ts"
import { type Sighting, sightingOf } from "./sighting.ts"
import { emptyTimeline, progressOf } from "./timeline.ts"
import { type CompiledRule, isOver, lastAlertAt, startAfresh, type Track } from "./track.ts"
import type { Tracks } from "./tracks.ts"

/** Takes an alert in under one rule; the track that it belongs to, if there is one. */
export type Take = (
  of: CompiledRule,
  alert: Alert,
  sighting: Sighting,
  /** Called with a track right before an alert ends a long silence of it. */
  beforeGap?: (track: Track) => void,
) => Track | undefined

export interface Restoring {
  readonly compiled: readonly CompiledRule[]
  readonly tracks: Tracks
  readonly seen: Seen
  readonly take: Take
}

/**
 * Builds the tracks again: goes through stored alerts, and the incidents that somebody closed, in order of time, and gives each track
 * the incident that was told of it. An incident whose beginning is older than the alerts is taken up as it was told.
 */
export function restoreTracks(restoring: Restoring, alerts: readonly Alert[], incidents: readonly Incident[]): void {
  const { tracks } = restoring
  const { ongoing, closed } = sort(restoring, incidents)
  const loaded = new Set(alerts.map(({ id }) => id))
  for (const [track, incident] of ongoing)
    if (!isLoaded(incident, loaded)) track.timeline = emptyTimeline(progressAsTold(incident))
  takeAll(restoring, alerts, closed)
  for (const [track, incident] of ongoing) {
    takeUp(track, incident)
    tracks.touched(track, undefined)
  }
}

type Closed = ReadonlyMap<Track, Incident[]>

/** What goes on, one incident a track, and what is over, by the time when it was closed. */
function sort({ compiled, tracks }: Restoring, incidents: readonly Incident[]) {
  const rules = new Map<RuleId, CompiledRule>(compiled.map((of) => [of.rule.id, of]))
  const ongoing = new Map<Track, Incident>()
  const closed = new Map<Track, Incident[]>()
  for (const incident of incidents.toSorted((one, other) => one.updatedAt - other.updatedAt)) {
    const of = rules.get(incident.rule)
    if (of === undefined) continue
    const track = tracks.of(of, incident.attacker)
    tracks.touched(track, undefined)
    if (isOver(incident.status)) closed.set(track, [...(closed.get(track) ?? []), incident])
    else if (lastAlertAt(ongoing.get(track) ?? incident) <= lastAlertAt(incident)) ongoing.set(track, incident)
  }
  return { ongoing, closed }
}

function takeAll({ compiled, tracks, seen, take }: Restoring, alerts: readonly Alert[], closed: Closed): void {
  const closeUntil = (track: Track, at: Millis) => {
    const waiting = closed.get(track) ?? []
    for (let next = waiting[0]; next !== undefined && next.updatedAt < at; next = waiting[0]) {
      waiting.shift()
      close(track, next)
      tracks.touched(track, next.id)
    }
  }
  for (const alert of alerts.toSorted((one, other) => one.at - other.at)) {
    if (alert.masked || isUnspecified(alert.attacker) || !seen.add(alert.id)) continue
    const sighting = sightingOf(alert)
    for (const of of compiled) {
      closeUntil(tracks.of(of, alert.attacker), alert.at)
      take(of, alert, sighting)
    }
  }
  for (const track of closed.keys()) closeUntil(track, Number.POSITIVE_INFINITY)
}

/** As it was closed then: what belongs to it leads to nothing more, and what came after a silence stays. */
function close(track: Track, incident: Incident): void {
  const progress = progressOf(track.timeline, track.compiled.rule)
  track.incident = incident
  track.session = progress.firstAt <= lastAlertAt(incident) ? progress.session : progress.session - 1
  startAfresh(track)
}

/** Gives the track the name and version that were told. */
function takeUp(track: Track, incident: Incident): void {
  const { rule } = track.compiled
  let progress = progressOf(track.timeline, rule)
  const isCurrent = progress.session > 0 && progress.firstAt <= lastAlertAt(incident)
  if (progress.session === 0 || (isCurrent && longestRun(progress).length < incident.stages.length)) {
    track.timeline = emptyTimeline(progressAsTold(incident))
    progress = progressOf(track.timeline, rule)
  }
  track.incident = incident
  track.statusAt = incident.updatedAt > lastAlertAt(incident) ? incident.updatedAt : 0
  // What began after a long silence is another incident, with a name of its own.
  track.session = progress.firstAt <= lastAlertAt(incident) ? progress.session : progress.session - 1
}

function isLoaded({ stages }: Incident, loaded: ReadonlySet<AlertId>): boolean {
  const first = stages[0]?.alerts[0]
  return first !== undefined && loaded.has(first)
}

/** The steps of the run that an incident tells, and of every run that is an end of it. */
function progressAsTold(incident: Incident): Progress {
  const { stages, nodes, startedAt } = incident
  const score = incident.score / Math.max(1, stages.length)
  const steps = stages.flatMap(({ index, intent, tactic, technique, firstAt, lastAt, count, alerts }, place) =>
    Array.from(
      { length: place + 1 },
      (_, shorter): Step => ({
        ...{ stage: index, length: shorter + 1, before: shorter === 0 ? -1 : (place * (place - 1)) / 2 + shorter - 1 },
        ...{ firstAt, lastAt, count, score, intent, tactic, technique },
        ...{ alerts: [...alerts], titles: [], nodes: [...nodes], countedUntil: lastAt },
      }),
    ),
  )
  return { steps, session: 1, firstAt: startedAt, lastAt: lastAlertAt(incident) }
}
