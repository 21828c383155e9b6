import { type Alert, type BacktestAction, type Countermeasure, holdsBack, isUnspecified } from "../../core/index.ts"

export type Row = { -readonly [K in keyof BacktestAction]: BacktestAction[K] }

/** What would have been in force at a time. */
export interface InForce {
  add(one: Countermeasure, row: Row): void
  /** The row of the same done in the other direction at the same time, which stands for both then. */
  widened(one: Countermeasure): Row | undefined
  /** True when something would have been in force against this alert; each such row counts it. */
  meets(alert: Alert): boolean
}

export function createInForce(): InForce {
  const places = new Map<string, Set<Row>>()

  /** Asked in order of time: what is over by then is forgotten. */
  const at = (place: string, now: number): readonly Row[] => {
    const there = places.get(place)
    if (there === undefined) return []
    for (const row of there) if (row.until !== null && row.until <= now) there.delete(row)
    if (there.size === 0) places.delete(place)
    return [...there]
  }
  return {
    add: (one, row) => void places.set(placeOf(one), (places.get(placeOf(one)) ?? new Set()).add(row)),
    widened: (one) => {
      const other = otherDirection(one, places.get(placeOf(one)) ?? [])
      if (other !== undefined) other.direction = "both"
      return other
    },
    meets: (alert) => {
      const met = placesOf(alert).flatMap(({ place, untouched }) =>
        at(place, alert.at).filter(({ direction }) => direction !== untouched),
      )
      for (const row of new Set(met)) row.stopped++
      return met.length > 0
    },
  }
}

/** What its alerts are found by. A policy blocks single addresses. */
function placeOf(one: Countermeasure): string {
  return holdsBack(one) ? one.target.slice(0, one.target.indexOf("/")) : `node ${one.node.id}`
}

/** Where it is looked for what would have been in force, and the direction that would not have touched it. */
function placesOf({ attacker, direction, destination, node }: Alert) {
  const farEnd = direction === "outbound" && !isUnspecified(destination.address) ? destination.address : attacker
  return [
    { place: attacker, untouched: direction === "inbound" ? "outbound" : undefined },
    ...(farEnd === attacker ? [] : [{ place: farEnd, untouched: "inbound" }]),
    { place: `node ${node.id}`, untouched: undefined },
  ] as const
}

/** A policy that acts in both directions makes a countermeasure for each, and does one thing. */
function otherDirection(one: Countermeasure, rows: Iterable<Row>): Row | undefined {
  if (!holdsBack(one) || one.direction !== "outbound") return undefined
  return [...rows].findLast(
    (row) =>
      row.target === one.target &&
      row.action === one.action &&
      row.policy === one.reason.policy &&
      row.direction === "inbound" &&
      row.from === one.createdAt,
  )
}
