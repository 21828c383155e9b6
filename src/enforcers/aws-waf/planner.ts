import type { Cidr } from "../../core/index.ts"
import { type Family, rangesOf } from "../ranges.ts"

export interface SetContent {
  /** From 1 on. */
  readonly index: number
  readonly addresses: readonly Cidr[]
}

export interface SetPlanInput {
  readonly family: Family
  /** Joined as far as they can be; nothing is in it twice. */
  readonly wanted: readonly Cidr[]
  readonly sets: readonly SetContent[]
  /** Entries of one set. */
  readonly size: number
  readonly maxSets: number
}

/** What has to be written, in this order, so that the sets hold exactly what is wanted. */
export interface SetPlan {
  readonly create: readonly SetContent[]
  /** Before the rules are written: nothing that is wanted goes away by these. */
  readonly write: readonly SetContent[]
  /** After the rules are written: what has found its place in another set goes. */
  readonly rewrite: readonly SetContent[]
  /** Sets that are not needed: nothing refers to them any more, and they are deleted. */
  readonly surplus: readonly number[]
  /** What found no room. */
  readonly left: readonly Cidr[]
}

/** Changes as few sets as possible, since each change costs a second. Pure; a second plan on its result is empty. */
export function planSets({ family, wanted, sets, size, maxSets }: SetPlanInput): SetPlan {
  const { contents, left } = fill({ family, wanted, sets, size, maxSets })
  const create: SetContent[] = []
  const write: SetContent[] = []
  const rewrite: SetContent[] = []
  const surplus: number[] = []
  for (const { index, before, after } of contents) {
    const content = { index, addresses: after }
    if (before === undefined) {
      create.push(content)
      continue
    }
    // One set for each family stays: the next block is one call then.
    if (after.length === 0 && index > 1) surplus.push(index)
    else if (!sameContent(before, after)) {
      const leaving = movedAway(family, { before, after, wanted })
      const both = [...after, ...leaving]
      if (leaving.length === 0) write.push(content)
      else {
        if (both.length <= size && both.length > before.length) write.push({ index, addresses: both })
        rewrite.push(content)
      }
    }
  }
  return { create, write, rewrite, surplus, left }
}

interface Filled {
  readonly index: number
  /** Undefined: not there yet. */
  readonly before: readonly Cidr[] | undefined
  readonly after: Cidr[]
}

function fill({ family, wanted, sets, size, maxSets }: SetPlanInput) {
  const open = new Set(wanted)
  const contents: Filled[] = sets
    .toSorted((one, other) => one.index - other.index)
    .map(({ index, addresses }) => ({
      index,
      before: addresses,
      after: index > maxSets ? [] : addresses.filter((one) => open.delete(one)).slice(0, size),
    }))
  const kept = new Set(contents.flatMap(({ after }) => after))
  const places = contents.filter(({ index }) => index <= maxSets)
  // What takes the place of something goes where that was: the change is one write, and nothing is open in between.
  const homes = places.map((place) => ({
    place,
    leaves: rangesOf(
      family,
      (place.before ?? []).filter((one) => !kept.has(one)),
    ),
  }))
  const left: Cidr[] = []
  for (const one of wanted) {
    if (kept.has(one)) continue
    const home = homes.find(({ place, leaves }) => place.after.length < size && leaves.touches(one))?.place
    const place = home ?? places.find(({ after }) => after.length < size) ?? newPlace(contents, places, maxSets)
    if (place === undefined) left.push(one)
    else place.after.push(one)
  }
  if (!places.some(({ index }) => index === 1)) newPlace(contents, places, maxSets)
  return { contents, left }
}

function newPlace(contents: Filled[], places: Filled[], maxSets: number): Filled | undefined {
  let index = 1
  while (contents.some((one) => one.index === index)) index++
  if (index > maxSets) return undefined
  const place = { index, before: undefined, after: [] }
  contents.push(place)
  places.push(place)
  return place
}

/** What the set holds and is still wanted, but will be held by another set. */
function movedAway(
  family: Family,
  {
    before,
    after,
    wanted,
  }: { readonly before: readonly Cidr[]; readonly after: readonly Cidr[]; readonly wanted: readonly Cidr[] },
): readonly Cidr[] {
  const staying = rangesOf(family, after)
  const elsewhere = rangesOf(
    family,
    wanted.filter((one) => !staying.covers(one)),
  )
  return before.filter((one) => !staying.covers(one) && elsewhere.touches(one))
}

function sameContent(before: readonly Cidr[], after: readonly Cidr[]): boolean {
  const known = new Set(before)
  return known.size === after.length && after.every((one) => known.has(one))
}
