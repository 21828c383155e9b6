import type { Alert, Incident, IncidentStatus, Millis, Shelved } from "../core/index.ts"
import type { IntentRule } from "./intent-rule.ts"
import { noKey } from "./join-keys.ts"
import type { Links } from "./links.ts"
import type { Placement } from "./placement.ts"
import type { Pool } from "./pool.ts"
import { openedAt, type Progress } from "./progress.ts"
import type { Sighting } from "./sighting.ts"
import { emptyTimeline, progressOf, type Timeline } from "./timeline.ts"

export interface CompiledRule {
  readonly rule: IntentRule
  readonly placementsOf: (alert: Alert, sighting: Sighting) => readonly Placement[]
  /** Where its stages lead from key to key. */
  readonly links: Links | undefined
}

/** What has one key in common, or began with it, under one rule. */
export interface Track extends Shelved<Track> {
  readonly compiled: CompiledRule
  readonly key: string
  timeline: Timeline
  /** How many came, known ones or not. */
  alerts: number
  /** What happened until then belongs to an incident that somebody closed. */
  closedUntil: Millis
  /** As it was told last. */
  incident: Incident | undefined
  /** When somebody changed its status last. */
  statusAt: Millis
  /** The session (see Progress) that the incident belongs to. */
  session: number
  /** How many stages were reached, when that was worked out last. */
  stages: number
  /** The keys that its stages lead to, and since when; undefined where the rule has no links. */
  readonly reached: Map<string, Millis> | undefined
  /** Where it is remembered, and as what; kept by the pool alone. */
  pool: Pool | undefined
  isYoung: boolean
  rank: number
  weight: number
}

export function newTrack(compiled: CompiledRule, key: string): Track {
  return {
    compiled,
    key,
    timeline: emptyTimeline(rootOf(compiled, key)),
    alerts: 0,
    closedUntil: Number.NEGATIVE_INFINITY,
    incident: undefined,
    statusAt: 0,
    session: 0,
    stages: 0,
    reached: compiled.links === undefined ? undefined : new Map(),
    pool: undefined,
    isYoung: false,
    rank: 0,
    weight: 0,
    quieter: undefined,
    busier: undefined,
  }
}

export function rootOf({ links }: CompiledRule, key: string): string {
  return links === undefined ? noKey : key
}

/** Notes what is told of the track now. */
export function tell(track: Track, incident: Incident, session: number): void {
  if (incident.id !== track.incident?.id) track.statusAt = 0
  track.incident = incident
  track.session = session
}

/** Lets go of an incident that is over: what led to it leads to nothing more. */
export function startAfresh(track: Track): void {
  const progress = progressOf(track.timeline, track.compiled.rule)
  if (track.incident !== undefined) track.closedUntil = Math.max(track.closedUntil, lastAlertAt(track.incident))
  if (progress.session <= track.session) {
    track.closedUntil = Math.max(track.closedUntil, progress.lastAt)
    track.timeline = emptyTimeline(track.timeline.root)
    track.compiled.links?.forget(track)
  }
  track.incident = undefined
  track.session = 0
  track.stages = 0
}

/** When no late alert can make the incident that the track has now none, or part of the one that was told before it. */
export function certainAt({ compiled: { rule }, incident, session }: Track, progress: Progress): Millis {
  const followed = incident !== undefined && session === progress.session - 1 ? progress.endedAt + rule.windowMs : never
  const excused = rule.unless === null ? never : (openedAt(progress, rule) ?? never) + rule.unless.withinMs
  return Math.max(followed, excused) + rule.lateMs
}

const never = Number.NEGATIVE_INFINITY

export function isOver(status: IncidentStatus): boolean {
  return status === "closed" || status === "false-positive"
}

export function lastAlertAt({ stages, startedAt }: Incident): Millis {
  return stages.reduce((latest, { lastAt }) => Math.max(latest, lastAt), startedAt)
}
