import type { Alert, AlertId, Incident, Millis } from "../core/index.ts"
import { incidentOf } from "./incident-of.ts"
import { runOf } from "./progress.ts"
import { sightingOf } from "./sighting.ts"
import { emptyTimeline, place, progressOf } from "./timeline.ts"
import { rootOf, type Track } from "./track.ts"

/** What an incident is worked out from anew. */
export interface Reconsidered {
  /** All that led to it and is not masked, in any order. */
  readonly alerts: readonly Alert[]
  /** What counts in it no more. */
  readonly masked: readonly AlertId[]
  readonly at: Millis
}

/**
 * Works out anew what the track tells, and gives the new version of its incident. When too little is left to be one, it is closed; it
 * opens again when enough comes or is unmasked.
 */
export function reconsider(track: Track, before: Incident, { alerts, masked, at }: Reconsidered): Incident {
  placeAgain(track, alerts)
  const { rule } = track.compiled
  const progress = progressOf(track.timeline, rule)
  const run = runOf(progress, rule)
  track.session = progress.session
  track.stages = run.length
  track.incident = before
  const told = incidentOf(track, progress, run, 1)?.incident ?? { ...before, version: before.version + 1 }
  const left = run.length === 0 ? { stages: [], score: 0, complete: false } : {}
  const isLess = run.length < rule.opensAt
  const next: Incident = {
    ...told,
    ...left,
    ...(isLess ? { severity: before.severity, status: "closed" } : {}),
    masked,
    updatedAt: Math.max(told.updatedAt, at),
  }
  track.incident = next
  track.statusAt = at
  return next
}

function placeAgain(track: Track, alerts: readonly Alert[]): void {
  const { compiled, key, closedUntil } = track
  const { links, rule } = compiled
  links?.forget(track)
  track.timeline = emptyTimeline(rootOf(compiled, key))
  for (const alert of alerts.toSorted((one, other) => one.at - other.at)) {
    if (alert.masked || alert.at <= closedUntil) continue
    // Where stages lead from key to key, what is given belongs to it by whatever key.
    for (const one of compiled.placementsOf(alert, sightingOf(alert)))
      if (links !== undefined || one.key === key) place(track.timeline, one.placed, rule)
  }
  if (links !== undefined)
    for (const [to, since] of progressOf(track.timeline, rule).leads) links.lead(track, to, since)
}

/** As far as an incident that is not in memory tells it itself: without the alerts that it names. */
export function withoutMasked(before: Incident, { masked, at }: Reconsidered, opensAt: number): Incident {
  const gone = new Set(masked)
  const stages = before.stages.flatMap((stage) => {
    const alerts = stage.alerts.filter((id) => !gone.has(id))
    const count = stage.count - (stage.alerts.length - alerts.length)
    return count === 0 ? [] : [{ ...stage, alerts, count }]
  })
  return {
    ...before,
    stages,
    masked,
    version: before.version + 1,
    complete: before.complete && stages.length === before.stages.length,
    status: stages.length < opensAt ? "closed" : before.status,
    updatedAt: Math.max(before.updatedAt, at),
  }
}
