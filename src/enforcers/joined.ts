import { type Cidr, type Direction, familyOf } from "../core/index.ts"
import { type Block, keyOf, type Operation, type Place } from "./enforcer.ts"
import { type Family, type Ranges, rangesOf } from "./ranges.ts"

/** Entries as a target holds them that joins neighbours: for each direction and family as few prefixes as possible. */
export interface Joined {
  of(direction: Direction, family: Family): Ranges
  covers(place: Place): boolean
  touches(place: Place): boolean
}

export function join(places: Iterable<Place>): Joined {
  const groups = new Map<string, Cidr[]>()
  for (const { target, direction } of places) {
    const name = `${direction} ${familyOf(target)}`
    const known = groups.get(name)
    if (known === undefined) groups.set(name, [target])
    else known.push(target)
  }
  const made = new Map<string, Ranges>()
  const of = (direction: Direction, family: Family): Ranges => {
    const name = `${direction} ${family}`
    const ranges = made.get(name) ?? rangesOf(family, groups.get(name) ?? [])
    made.set(name, ranges)
    return ranges
  }
  return {
    of,
    covers: ({ target, direction }) => of(direction, familyOf(target)).covers(target),
    touches: ({ target, direction }) => of(direction, familyOf(target)).touches(target),
  }
}

/** What stands in the target, told as the entries that are known; the rest as it stands. */
export function explained(standing: readonly Place[], known: ReadonlyMap<string, Block>): ReadonlyMap<string, Block> {
  const there = join(standing)
  const model = join(known.values())
  const result = new Map([...known].filter(([, block]) => there.covers(block)))
  for (const { target, direction } of standing)
    if (!model.covers({ target, direction })) result.set(keyOf({ target, direction }), endless({ target, direction }))
  return result
}

/** What the target shall hold when the operations are done. */
export function applied(
  operations: readonly Operation[],
  before: ReadonlyMap<string, Block>,
): ReadonlyMap<string, Block> {
  const after = new Map(before)
  for (const operation of operations) {
    if (operation.kind === "remove") after.delete(keyOf(operation.block))
    else after.set(keyOf(operation.block), operation.block)
  }
  return after
}

/** An entry whose end nobody has told. */
export function endless({ target, direction }: Place): Block {
  return { target, direction, expiresAt: null }
}

export interface Room {
  /** How many prefixes fit, after joining. */
  readonly size: number
  readonly reason: string
}

/** Those that find no room after joining, the most important first; what joins a neighbour may need none. */
export function excessOf(
  ranked: readonly Block[],
  family: Family,
  { size, reason }: Room,
): readonly { readonly block: Block; readonly reason: string }[] {
  const all = rangesOf(
    family,
    ranked.map(({ target }) => target),
  )
  if (all.size <= size) return []
  const ranges = rangesOf(family, [])
  return ranked.flatMap((block) => {
    if (ranges.sizeWith(block.target) > size) return [{ block, reason }]
    ranges.add(block.target)
    return []
  })
}
