import type { Millis } from "../core/index.ts"
import { createCoverage, isSingle } from "./coverage.ts"
import { type Block, keyOf, type Observed, type Operation } from "./enforcer.ts"

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
  const wanted = new Map(reduce(desired, now).map((block) => [keyOf(block), block]))
  const there = new Map(observed.map((block) => [keyOf(block), block]))
  const removals: Operation[] = []
  const changes: Operation[] = []
  for (const [key, { target, direction }] of there)
    if (!wanted.has(key)) removals.push({ kind: "remove", block: { target, direction } })
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
export function reduce(blocks: readonly Block[], now: Millis): readonly Block[] {
  const latest = new Map<string, Block>()
  for (const block of blocks) {
    if (block.expiresAt !== null && block.expiresAt <= now) continue
    const key = keyOf(block)
    const known = latest.get(key)
    if (known !== undefined && !endsLater(block.expiresAt, known.expiresAt)) continue
    latest.set(key, { target: block.target, direction: block.direction, expiresAt: block.expiresAt })
  }
  const coverage = createCoverage(latest.values())
  return [...latest.values()].filter((block) => isSingle(block) || coverage.wider(block) === undefined)
}

export function endsLater(one: Millis | null, other: Millis | null): boolean {
  return other !== null && (one === null || one > other)
}

export function sameEnd(one: Millis | null, other: Millis | null, toleranceMs: Millis): boolean {
  return one === null || other === null ? one === other : Math.abs(one - other) <= toleranceMs
}
