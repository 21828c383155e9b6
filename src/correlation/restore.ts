import type { Alert, Incident, Millis, RuleId } from "../core/index.ts"
import type { IntentRule } from "./intent-rule.ts"
import { noKey } from "./join-keys.ts"
import { noLeads } from "./leads.ts"
import { type Progress, runOf, type Step } from "./progress.ts"
import type { Seen } from "./seen.ts"
import { type Sighting, sightingOf } from "./sighting.ts"
import { emptyTimeline, progressOf } from "./timeline.ts"
import { type CompiledRule, isOver, lastAlertAt, startAfresh, type Track } from "./track.ts"
import type { Tracks } from "./tracks.ts"

/** Takes an alert in under one rule; the tracks that it belongs to. */
export type Take = (
  of: CompiledRule,
  alert: Alert,
  sighting: Sighting,
  /** Called with a track right before an alert ends a long silence of it. */
  beforeGap?: (track: Track) => void,
) => readonly Track[]

export interface Restoring {
  readonly compiled: readonly CompiledRule[]
  readonly tracks: Tracks
  readonly seen: Seen
  readonly take: Take
}

/** Taking up where an earlier run stopped. */
export interface Restore {
  /** Stored alerts, in parts, each later than those before; within a part in any order. */
  take(alerts: readonly Alert[]): void
  /** To be called once, after the last. */
  end(): void
}

/**
 * Builds the tracks again: goes through stored alerts, and the incidents that somebody closed, in order of time, and gives each track
 * the incident that was told of it. One whose first alerts will not be among them is taken up as it was told.
 */
export function startRestore(
  restoring: Restoring,
  incidents: readonly Incident[],
  willBeTaken: (incident: Incident) => boolean,
): Restore {
  const { compiled, tracks, seen, take } = restoring
  const { ongoing, closed } = sort(restoring, incidents)
  const closeUntil = closing(closed, tracks)
  for (const [track, incident] of ongoing) {
    if (!willBeTaken(incident)) takeAsTold(track, incident)
    // So that it has the place of an incident from the beginning: a flood is on its way.
    track.incident = incident
    tracks.touched(track, undefined)
  }
  return {
    take: (alerts) => {
      for (const alert of alerts.toSorted((one, other) => one.at - other.at)) {
        if (alert.masked || !seen.add(alert.id)) continue
        closeUntil(alert.at)
        const sighting = sightingOf(alert)
        for (const of of compiled) for (const track of take(of, alert, sighting)) shelve(track, tracks)
      }
    },
    end: () => {
      closeUntil(Number.POSITIVE_INFINITY)
      for (const [track, incident] of ongoing) {
        takeUp(track, incident)
        tracks.touched(track, undefined)
      }
    },
  }
}

/** Puts a track where those stand that came as far. */
function shelve(track: Track, tracks: Tracks): void {
  const { rule } = track.compiled
  // As when alerts come: most sources are never seen again.
  if (track.alerts < 2 && rule.opensAt > 1) return
  const stages = runOf(progressOf(track.timeline, rule), rule).length
  if (stages === track.stages) return
  track.stages = stages
  tracks.touched(track, track.incident?.id)
}

/** In order of the time when they were closed. */
type Closed = readonly { readonly track: Track; readonly incident: Incident }[]

/** What goes on, one incident a track, and what is over, by the time when it was closed. */
function sort({ compiled, tracks }: Restoring, incidents: readonly Incident[]) {
  const rules = new Map<RuleId, CompiledRule>(compiled.map((of) => [of.rule.id, of]))
  const ongoing = new Map<Track, Incident>()
  const closed: { readonly track: Track; readonly incident: Incident }[] = []
  for (const incident of incidents.toSorted((one, other) => one.updatedAt - other.updatedAt)) {
    const of = rules.get(incident.rule)
    if (of === undefined) continue
    const track = tracks.of(of, incident.joinKey ?? incident.attacker)
    tracks.touched(track, undefined)
    // One that fell short since alerts were masked goes on.
    const isShort = incident.masked !== undefined && incident.stages.length < of.rule.opensAt
    if (isOver(incident.status) && !isShort) closed.push({ track, incident })
    else if (lastAlertAt(ongoing.get(track) ?? incident) <= lastAlertAt(incident)) ongoing.set(track, incident)
  }
  return { ongoing, closed }
}

/** Closes what was closed by then. */
function closing(closed: Closed, tracks: Tracks): (at: Millis) => void {
  let next = 0
  return (at) => {
    for (let one = closed[next]; one !== undefined && one.incident.updatedAt < at; one = closed[next]) {
      next++
      close(one.track, one.incident)
      tracks.touched(one.track, one.incident.id)
    }
  }
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
  if (progress.session === 0 || (isCurrent && runOf(progress, rule).length < incident.stages.length)) {
    takeAsTold(track, incident)
    progress = progressOf(track.timeline, rule)
  }
  track.incident = incident
  track.statusAt = incident.updatedAt > lastAlertAt(incident) ? incident.updatedAt : 0
  // What began after a long silence is another incident, with a name of its own.
  track.session = progress.firstAt <= lastAlertAt(incident) ? progress.session : progress.session - 1
}

/** Goes on from what an incident tells. Where stages lead from key to key, what the last one led to is not told: it can't go on. */
function takeAsTold(track: Track, incident: Incident): void {
  const { rule, links } = track.compiled
  const { root } = track.timeline
  track.timeline = emptyTimeline(root, links === undefined ? progressAsTold(incident, rule) : undefined)
}

/** The steps of the run that an incident tells, and of every run that is an end of it. */
function progressAsTold(incident: Incident, { order }: IntentRule): Progress {
  const { stages, nodes, attacker, startedAt } = incident
  const score = incident.score / Math.max(1, stages.length)
  const steps = stages.flatMap(({ index, intent, tactic, technique, firstAt, lastAt, count, alerts }, place) =>
    Array.from({ length: order === "ordered" ? place + 1 : 1 }, (_, shorter): Step => {
      const before = shorter === 0 ? -1 : (place * (place - 1)) / 2 + shorter - 1
      return {
        ...{ stage: index, length: shorter + 1, before, to: noKey, reachedAt: firstAt, marks: undefined },
        ...{ firstAt, lastAt, count, score, attacker, intent, tactic, technique },
        ...{ alerts: [...alerts], titles: [], nodes: [...nodes], countedUntil: lastAt },
      }
    }),
  )
  return {
    root: noKey,
    steps,
    leads: noLeads,
    session: 1,
    endedAt: Number.NEGATIVE_INFINITY,
    firstAt: startedAt,
    lastAt: lastAlertAt(incident),
  }
}
