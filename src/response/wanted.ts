import {
  type BlockCountermeasure,
  type Clock,
  type Countermeasure,
  type CountermeasureId,
  holdsBack,
  type IncidentId,
  isActive,
  type Millis,
  type NodeId,
  type QuarantineAction,
  type QuarantineCountermeasure,
} from "../core/index.ts"
import { type Place, placeInWords } from "./place.ts"

/** The countermeasures that have not ended: what the store holds of them, in memory. */
export interface Wanted {
  get(id: CountermeasureId): Countermeasure | undefined
  /** What shall be in force now. */
  active(): readonly Countermeasure[]
  /** What is past its time, and nobody ended yet. */
  overdue(): readonly Countermeasure[]
  /** The one that ends last. */
  activeFor(place: Place): BlockCountermeasure | undefined
  blocksAt(place: Place): readonly BlockCountermeasure[]
  /** The one that ends last. */
  quarantineOf(node: NodeId, action: QuarantineAction): QuarantineCountermeasure | undefined
  /** What has ended, and is not reported as gone by each that had it in force. */
  leaving(): readonly Countermeasure[]
  activeBecauseOf(incident: IncidentId): readonly Countermeasure[]
  /** Takes in what was stored, and tells the listeners when it changes what shall be in force. */
  take(countermeasures: readonly Countermeasure[]): void
  onChange(listener: () => void): () => void
}

// Ended while their enforcer was away; beyond this the oldest keep their last report.
const maxLeaving = 50_000

export function createWanted(clock: Clock): Wanted {
  const byId = new Map<CountermeasureId, Countermeasure>()
  const leaving = new Map<CountermeasureId, Countermeasure>()
  const byPlace = createIndex()
  const byIncident = createIndex()
  const listeners = new Set<() => void>()

  const forget = (countermeasure: Countermeasure) => {
    byId.delete(countermeasure.id)
    byPlace.remove(placeOf(countermeasure), countermeasure.id)
    byIncident.remove(countermeasure.reason.incident ?? "", countermeasure.id)
  }
  const see = (ended: Countermeasure) => {
    if (ended.reports.every(({ state }) => state === "expired" || state === "not-enforced")) return
    leaving.set(ended.id, ended)
    const [oldest] = leaving.keys()
    if (leaving.size > maxLeaving && oldest !== undefined) leaving.delete(oldest)
  }
  const put = (countermeasure: Countermeasure) => {
    const known = byId.get(countermeasure.id)
    if (known !== undefined) forget(known)
    leaving.delete(countermeasure.id)
    if (countermeasure.endedAt !== null) return see(countermeasure)
    byId.set(countermeasure.id, countermeasure)
    byPlace.add(placeOf(countermeasure), countermeasure.id)
    if (countermeasure.reason.incident !== null) byIncident.add(countermeasure.reason.incident, countermeasure.id)
  }
  const changesForce = (next: Countermeasure) => {
    const known = byId.get(next.id)
    return known === undefined ? next.endedAt === null : next.endedAt !== null || known.expiresAt !== next.expiresAt
  }
  const activeOf = (ids: Iterable<CountermeasureId>) => {
    const now = clock.now()
    const found: Countermeasure[] = []
    for (const id of ids) {
      const countermeasure = byId.get(id)
      if (countermeasure !== undefined && isActive(countermeasure, now)) found.push(countermeasure)
    }
    return found
  }

  return {
    get: (id) => byId.get(id),
    active: () => activeOf(byId.keys()),
    overdue: () => {
      const now = clock.now()
      return [...byId.values()].filter((countermeasure) => !isActive(countermeasure, now))
    },
    leaving: () => [...leaving.values()],
    activeFor: (place) => lastOf(activeOf(byPlace.get(placeInWords(place))), holdsBack),
    blocksAt: (place) => activeOf(byPlace.get(placeInWords(place))).filter(holdsBack),
    quarantineOf: (node, action) =>
      lastOf(activeOf(byPlace.get(`${action} ${node}`)), (one): one is QuarantineCountermeasure => !holdsBack(one)),
    activeBecauseOf: (incident) => activeOf(byIncident.get(incident)),
    take: (countermeasures) => {
      const changed = countermeasures.filter(changesForce).length > 0
      for (const countermeasure of countermeasures) put(countermeasure)
      if (changed) for (const listener of listeners) listener()
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Null never ends. */
export function isLater(one: Millis | null, other: Millis | null): boolean {
  return other !== null && (one === null || one > other)
}

function placeOf(of: Countermeasure): string {
  return holdsBack(of) ? placeInWords(of) : `${of.action} ${of.node.id}`
}

function lastOf<C extends Countermeasure>(
  all: readonly Countermeasure[],
  isOne: (of: Countermeasure) => of is C,
): C | undefined {
  let last: C | undefined
  for (const one of all) if (isOne(one) && (last === undefined || isLater(one.expiresAt, last.expiresAt))) last = one
  return last
}

interface Index {
  get(key: string): Iterable<CountermeasureId>
  add(key: string, id: CountermeasureId): void
  remove(key: string, id: CountermeasureId): void
}

function createIndex(): Index {
  const ids = new Map<string, Set<CountermeasureId>>()
  return {
    get: (key) => ids.get(key) ?? [],
    add: (key, id) => {
      const known = ids.get(key)
      if (known === undefined) ids.set(key, new Set([id]))
      else known.add(id)
    },
    remove: (key, id) => {
      const known = ids.get(key)
      known?.delete(id)
      if (known?.size === 0) ids.delete(key)
    },
  }
}
