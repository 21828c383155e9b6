import type { Millis } from "../core/index.ts"
import { createCoverage, isSingle } from "./coverage.ts"
import { type Block, type Entry, keyOf, type Observed, type Operation } from "./enforcer.ts"

export interface PlanInput {
  /** In the order in which they shall be added, the most important first. */
  readonly desired: readonly Block[]
  readonly observed: readonly Observed[]
  readonly now: Millis
  /** Ends closer than this count as equal. */
  readonly toleranceMs: Millis
}

/** What has to change in the target so that it holds exactly what is desired. Pure; a second plan on its result is empty. */
export function plan({ desired, observed, now, toleranceMs }: PlanInput): readonly Operation[] {
  return difference(merge(keyed(desired), now), new Map(keyed(observed)), { toleranceMs, placeOf })
}

/** Where a block stands, whatever its end. */
export function placeOf({
  target,
  direction,
  action = "block",
  rate,
}: Omit<Block, "expiresAt">): Omit<Block, "expiresAt"> {
  if (action === "block") return { target, direction }
  return rate === undefined ? { target, direction, action } : { target, direction, action, rate }
}

export interface DifferenceOptions<E extends Entry> {
  readonly toleranceMs: Millis
  readonly placeOf: (entry: E) => Omit<E, "expiresAt">
}

/** As `plan`, for entries by their keys: wanted blocks come from `merge`. */
export function difference<E extends Entry>(
  wanted: ReadonlyMap<string, E>,
  there: ReadonlyMap<string, Observed<E>>,
  { toleranceMs, placeOf }: DifferenceOptions<E>,
): readonly Operation<E>[] {
  const removals: Operation<E>[] = []
  const changes: Operation<E>[] = []
  for (const [key, entry] of there) if (!wanted.has(key)) removals.push({ kind: "remove", block: placeOf(entry) })
  for (const [key, block] of wanted) {
    const known = there.get(key)
    if (known === undefined) changes.push({ kind: "add", block })
    else if (!sameEnd(known.expiresAt, block.expiresAt, toleranceMs)) changes.push({ kind: "extend", block })
  }
  // What nobody wants goes first: it makes room, and a prefix may be in the way of a wider or a narrower one.
  return [...removals, ...changes]
}

/**
 * One block for each target: the latest end wins, and what is over is left out. So is a prefix inside a wider one that is desired too,
 * since sets of intervals can't hold both; it comes back when the wider one ends. Single addresses stand apart from prefixes in every
 * target, and stay.
 */
export function merge(blocks: Iterable<readonly [string, Block]>, now: Millis): Map<string, Block> {
  const latest = new Map<string, Block>()
  for (const [key, block] of blocks) {
    const { expiresAt } = block
    if (expiresAt !== null && expiresAt <= now) continue
    const known = latest.get(key)
    if (known === undefined || endsLater(expiresAt, known.expiresAt)) latest.set(key, { ...placeOf(block), expiresAt })
  }
  const coverage = createCoverage(latest.values())
  for (const [key, block] of latest) if (!isSingle(block) && coverage.wider(block) !== undefined) latest.delete(key)
  return latest
}

function* keyed(blocks: readonly Block[]): Generator<readonly [string, Block]> {
  for (const block of blocks) yield [keyOf(block), block]
}

export function endsLater(one: Millis | null, other: Millis | null): boolean {
  return other !== null && (one === null || one > other)
}

export function sameEnd(one: Millis | null, other: Millis | null, toleranceMs: Millis): boolean {
  return one === null || other === null ? one === other : Math.abs(one - other) <= toleranceMs
}
