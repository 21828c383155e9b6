import { type Cidr, covers, type Direction, type Millis } from "../core/index.ts"
import type { Block, Observed, Operation } from "./enforcer.ts"

export interface PlanInput {
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
  const operations: Operation[] = []
  // What nobody wants goes first: a wider prefix may be in the way of a narrower one.
  for (const [key, { target, direction }] of there)
    if (!wanted.has(key)) operations.push({ kind: "remove", block: { target, direction } })
  for (const [key, block] of wanted) {
    const known = there.get(key)
    if (known === undefined) operations.push({ kind: "add", block })
    else if (differ(known.expiresAt, block.expiresAt, toleranceMs)) operations.push({ kind: "extend", block })
  }
  return operations
}

/**
 * One block for each target: the latest end wins, what is over is left out, and so is a prefix inside another prefix, since sets of
 * intervals can't hold both (it comes back when the wider one ends). Single addresses are kept apart from prefixes by every target.
 */
export function reduce(blocks: readonly Block[], now: Millis): readonly Block[] {
  const latest = new Map<string, Block>()
  for (const block of blocks) {
    if (block.expiresAt !== null && block.expiresAt <= now) continue
    const known = latest.get(keyOf(block))
    if (known === undefined || isLater(block.expiresAt, known.expiresAt)) latest.set(keyOf(block), block)
  }
  const all = [...latest.values()]
  const wide = all.filter(({ target }) => !isSingle(target))
  return all.filter(
    (block) =>
      isSingle(block.target) ||
      !wide.some(
        (other) => other !== block && other.direction === block.direction && covers(other.target, block.target),
      ),
  )
}

export function isSingle(target: Cidr): boolean {
  return target.endsWith(target.includes(":") ? "/128" : "/32")
}

export function keyOf({ target, direction }: { readonly target: Cidr; readonly direction: Direction }): string {
  return `${direction} ${target}`
}

function isLater(one: Millis | null, other: Millis | null): boolean {
  return other !== null && (one === null || one > other)
}

function differ(one: Millis | null, other: Millis | null, toleranceMs: Millis): boolean {
  return one === null || other === null ? one !== other : Math.abs(one - other) > toleranceMs
}
