import { createHash } from "node:crypto"
import type {
  Alert,
  AlertId,
  Incident,
  IncidentId,
  IncidentStatus,
  IpAddress,
  Millis,
  NodeRef,
  Stage,
} from "../core/index.ts"
import { insert, type RecognisedStage, recognise, type Sighting, sightingOf, stagesOf } from "./chain.ts"
import type { IntentRule } from "./intent-rule.ts"

export interface CorrelatorLimits {
  /** Attackers remembered that have no incident; beyond, those with a single alert are forgotten first, then the oldest. */
  readonly maxSources: number
  /** Attackers remembered with an incident; beyond, the one that was quiet for longest is forgotten (the store still has it). */
  readonly maxIncidents: number
}

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

/** One attacker under one rule. */
interface Track {
  readonly rule: IntentRule
  readonly attacker: IpAddress
  readonly key: string
  readonly chain: Sighting[][]
  readonly counts: number[]
  readonly seen: Set<AlertId>
  newestAt: Millis
  incident: Incident | undefined
}

// Repeats are told by id; a source that sends more alerts than this within a window may have an old one counted twice.
const maxSeenIds = 2000

const defaultLimits: CorrelatorLimits = { maxSources: 100_000, maxIncidents: 10_000 }

/** Joins alerts into incidents by intent rules. Pure of I/O: what it returns is for the caller to store. */
export function createCorrelator(rules: readonly IntentRule[], limits: CorrelatorLimits = defaultLimits): Correlator {
  const enabled = rules.filter((rule) => rule.enabled)
  const tracks = createTracks(limits)
  const byIncident = new Map<IncidentId, Track>()

  const join = (rule: IntentRule, alert: Alert): Incident | undefined => {
    const indexes = stagesOf(rule, alert)
    if (indexes.length === 0) return undefined
    const track = tracks.of(rule, alert.attacker)
    if (!take(track, alert, indexes)) return undefined
    tracks.touched(track, (forgotten) => byIncident.delete(forgotten))
    const next = incidentOf(track)
    if (next === undefined) return undefined
    track.incident = next
    byIncident.set(next.id, track)
    tracks.touched(track, (forgotten) => byIncident.delete(forgotten))
    return next
  }

  const onAlert = (alert: Alert) => (alert.masked ? [] : enabled.flatMap((rule) => join(rule, alert) ?? []))

  const setStatus = (id: IncidentId, status: IncidentStatus, at: Millis): Incident | undefined => {
    const track = byIncident.get(id)
    const known = track?.incident
    if (track === undefined || known === undefined || known.id !== id) return undefined
    const next: Incident = { ...known, status, version: known.version + 1, updatedAt: Math.max(at, known.updatedAt) }
    track.incident = next
    if (isOver(status)) {
      byIncident.delete(id)
      tracks.startAfresh(track)
    }
    return next
  }

  const restore = (alerts: readonly Alert[], incidents: readonly Incident[]) => {
    const over = new Set(
      incidents.filter(({ status }) => isOver(status)).flatMap(({ stages }) => stages.flatMap((stage) => stage.alerts)),
    )
    for (const incident of incidents) {
      const rule = enabled.find(({ id }) => id === incident.rule)
      if (rule === undefined || isOver(incident.status)) continue
      const track = tracks.of(rule, incident.attacker)
      if (track.incident !== undefined && track.incident.startedAt >= incident.startedAt) continue
      track.incident = incident
      byIncident.set(incident.id, track)
      tracks.touched(track, (forgotten) => byIncident.delete(forgotten))
    }
    // What they changed was stored before; only what is remembered matters here.
    for (const alert of alerts) {
      if (alert.masked || over.has(alert.id)) continue
      for (const rule of enabled) {
        const indexes = stagesOf(rule, alert)
        if (indexes.length > 0) take(tracks.of(rule, alert.attacker), alert, indexes)
      }
    }
  }

  return { onAlert, setStatus, restore, rules, size: tracks.size }
}

function isOver(status: IncidentStatus): boolean {
  return status === "closed" || status === "false-positive"
}

/** Adds the alert to the track; false when it is a repeat, or older than the window. */
function take(track: Track, alert: Alert, indexes: readonly number[]): boolean {
  if (track.seen.has(alert.id) || alert.at < track.newestAt - track.rule.windowMs) return false
  if (track.incident !== undefined && alert.at > track.incident.updatedAt + track.rule.windowMs)
    track.incident = undefined
  track.newestAt = Math.max(track.newestAt, alert.at)
  prune(track)
  if (track.seen.size >= maxSeenIds) track.seen.delete(track.seen.values().next().value ?? alert.id)
  track.seen.add(alert.id)
  for (const index of indexes) {
    insert(track.chain[index] ?? [], sightingOf(alert))
    track.counts[index] = (track.counts[index] ?? 0) + 1
  }
  return true
}

/** An incident keeps what led to it; without one, what is older than the window is forgotten. */
function prune(track: Track): void {
  if (track.incident !== undefined) return
  const oldest = track.newestAt - track.rule.windowMs
  for (const [index, list] of track.chain.entries()) {
    const kept = list.findIndex(({ at }) => at >= oldest)
    const cut = kept < 0 ? list.length : kept
    if (cut === 0) continue
    list.splice(0, cut)
    track.counts[index] = Math.max(list.length, (track.counts[index] ?? 0) - cut)
  }
}

/** The incident as the track has it now, or undefined when there is none or nothing changed. */
function incidentOf(track: Track): Incident | undefined {
  const { rule, attacker, incident: known } = track
  const run = recognise(track.chain)
  if (run.length < rule.opensAt && known === undefined) return undefined
  const stages = run.map((recognised) => stageOf(track, recognised))
  const [first, last] = [stages[0], stages.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const severity =
    rule.severities[Math.min(Math.max(0, run.length - rule.opensAt), rule.severities.length - 1)] ?? "high"
  return {
    id: known?.id ?? incidentIdOf(rule, attacker, run),
    version: (known?.version ?? 0) + 1,
    rule: rule.id,
    title: rule.title,
    severity,
    status: known?.status ?? "open",
    attacker,
    nodes: nodesOf(run),
    stages,
    stagesTotal: rule.stages.length,
    complete: run.length === rule.stages.length,
    score: run.reduce((sum, { sightings }) => sum + Math.max(...sightings.map(({ score }) => score)), 0),
    startedAt: first.firstAt,
    updatedAt: Math.max(...stages.map(({ lastAt }) => lastAt)),
  }
}

function stageOf({ rule, counts, attacker }: Track, { index, sightings }: RecognisedStage): Stage {
  const name = rule.stages[index]?.name ?? `stage ${index + 1}`
  const times = sightings.map(({ at }) => at)
  const first = sightings[0]
  const count = Math.max(sightings.length, counts[index] ?? 0)
  return {
    index,
    name,
    intent: first?.intent ?? "exploitation",
    tactic: first?.tactic ?? null,
    technique: first?.technique ?? null,
    firstAt: Math.min(...times),
    lastAt: Math.max(...times),
    count,
    alerts: sightings.map(({ id }) => id),
    because: `${count === 1 ? "1 alert" : `${count} alerts`} of ${attacker}: ${[...new Set(sightings.map(({ title }) => title))].slice(0, 3).join("; ")}`,
  }
}

function nodesOf(run: readonly RecognisedStage[]): readonly NodeRef[] {
  const nodes = new Map<string, NodeRef>()
  for (const { sightings } of run) for (const { node } of sightings) if (nodes.size < 100) nodes.set(node.id, node)
  return [...nodes.values()]
}

/** From the rule, the attacker and the alert that it began with: every replica and every restart gives the same. */
function incidentIdOf(rule: IntentRule, attacker: IpAddress, run: readonly RecognisedStage[]): IncidentId {
  const digest = createHash("sha256").update(`${rule.id}\n${attacker}\n${run[0]?.sightings[0]?.id}`).digest("hex")
  // The cast holds: hexadecimal digits are what the schema of the id asks for.
  return `inc_${digest.slice(0, 26)}` as IncidentId
}

interface Tracks {
  of(rule: IntentRule, attacker: IpAddress): Track
  /** Puts a track where it belongs now and forgets what is too much; tells which incidents went. */
  touched(track: Track, onForgotten: (id: IncidentId) => void): void
  startAfresh(track: Track): void
  size(): { readonly sources: number; readonly incidents: number }
}

/** Three shelves, each in order of last use: single alerts, several, and incidents; a flood of the first never reaches the others. */
function createTracks({ maxSources, maxIncidents }: CorrelatorLimits): Tracks {
  const [single, several, withIncident] = [new Map<string, Track>(), new Map<string, Track>(), new Map<string, Track>()]
  const shelves = [single, several, withIncident]
  const oldestOf = (shelf: Map<string, Track>) => shelf.values().next().value

  const remove = (track: Track) => {
    for (const shelf of shelves) shelf.delete(track.key)
  }
  const makeRoom = (onForgotten: (id: IncidentId) => void) => {
    while (single.size + several.size > maxSources) {
      const oldest = oldestOf(single) ?? oldestOf(several)
      if (oldest === undefined) break
      remove(oldest)
    }
    while (withIncident.size > maxIncidents) {
      const oldest = oldestOf(withIncident)
      if (oldest === undefined) break
      remove(oldest)
      if (oldest.incident !== undefined) onForgotten(oldest.incident.id)
    }
  }
  const touched = (track: Track, onForgotten: (id: IncidentId) => void) => {
    remove(track)
    const shelf = track.incident !== undefined ? withIncident : track.seen.size > 1 ? several : single
    shelf.set(track.key, track)
    makeRoom(onForgotten)
  }
  const fresh = (rule: IntentRule, attacker: IpAddress): Track => {
    const key = `${rule.id}\n${attacker}`
    const chain: Sighting[][] = rule.stages.map(() => [])
    const track: Track = {
      rule,
      attacker,
      key,
      chain,
      counts: chain.map(() => 0),
      seen: new Set(),
      newestAt: 0,
      incident: undefined,
    }
    single.set(key, track)
    return track
  }

  return {
    of: (rule, attacker) => {
      const key = `${rule.id}\n${attacker}`
      for (const shelf of shelves) {
        const known = shelf.get(key)
        if (known !== undefined) return known
      }
      return fresh(rule, attacker)
    },
    touched,
    startAfresh: (track) => {
      track.incident = undefined
      for (const list of track.chain) list.splice(0)
      track.counts.fill(0)
      touched(track, () => undefined)
    },
    size: () => ({ sources: single.size + several.size, incidents: withIncident.size }),
  }
}
