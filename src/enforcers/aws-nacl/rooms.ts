import { type Direction, familyOf } from "../../core/index.ts"
import type { Block } from "../enforcer.ts"
import { type Family, type Ranges, rangesOf } from "../ranges.ts"
import { poolOf } from "./bring.ts"
import type { AwsNaclSettings } from "./config.ts"
import type { Snapshot } from "./target.ts"

/** How many entries may be ours in one direction. */
export interface Rooms {
  readonly of: Readonly<Record<Family, number>>
  /** Of both families together: an entry needs a number of its own. */
  readonly numbers: number
}

/** What the entries of others leave; undefined snapshot: nobody has looked yet. */
export function roomsIn(
  snapshot: Snapshot | undefined,
  limits: ReadonlyMap<string, number>,
  { quota, ruleNumbers: { from, to } }: Pick<AwsNaclSettings, "quota" | "ruleNumbers">,
): (direction: Direction) => Rooms {
  return (direction) => {
    const others = (snapshot?.entries ?? []).filter((entry) => entry.direction === direction && !entry.isOurs)
    const roomOf = (family: Family) => {
      // Until it was looked at, only the default deny is known to be there.
      const theirs = Math.max(1, others.filter(({ cidr }) => familyOf(cidr) === family).length)
      return Math.max(0, Math.min(quota - theirs, limits.get(poolOf(direction, family)) ?? quota))
    }
    const inRange = others.filter(({ number }) => number >= from && number <= to).length
    return { of: { 4: roomOf(4), 6: roomOf(6) }, numbers: to - from + 1 - inRange }
  }
}

/** As many as find room after joining, the first ones first. */
export function fill(ranked: readonly Block[], { of, numbers }: Rooms) {
  const kept: Record<Family, Ranges> = { 4: rangesOf(4, []), 6: rangesOf(6, []) }
  const excess = ranked.filter((block) => {
    const family = familyOf(block.target)
    const [own, other] = [kept[family], kept[family === 4 ? 6 : 4]]
    const size = own.sizeWith(block.target)
    if (size > of[family] || size + other.size > numbers) return true
    own.add(block.target)
    return false
  })
  return { kept, excess }
}
