import type { Cidr, Direction, Millis } from "../core/index.ts"

/** One entry that shall stand in a target. Several countermeasures may want the same entry; the reconciler merges them. */
export interface Block {
  readonly target: Cidr
  readonly direction: Direction
  /** When it ends; null: not by itself. */
  readonly expiresAt: Millis | null
}

/** What stands in the target now and is ours. */
export type Observed = Block

export type Operation =
  | { readonly kind: "add"; readonly block: Block }
  /** The entry is there with another end. */
  | { readonly kind: "extend"; readonly block: Block }
  | { readonly kind: "remove"; readonly block: Pick<Block, "target" | "direction"> }

export type OperationResult =
  | { readonly kind: "applied" | "already" }
  | { readonly kind: "failed"; readonly reason: string }
  /** The target has no room, or can't do this at all; trying again changes nothing. */
  | { readonly kind: "not-enforced"; readonly reason: string }

/**
 * Brings one real system to the desired state. Obligations of every implementation:
 * - owns only what carries its name or tag, and never touches anything else;
 * - `observe` reads the target itself, not a memory of it;
 * - `apply` is idempotent, gives one result for each operation in order, and one bad entry never holds up the others; it makes what
 *   is missing of the target's own structure; it throws only when nothing at all can be done there (no permission, no connection);
 * - operations are done in order: removals come first and make room;
 * - sets the timeout in the target itself where it has one (`timeouts: "in-target"`), so that a block ends even if Thwart is gone,
 *   and never before its time;
 * - `close` leaves everything in force; it may be called twice. Only `teardown` removes what is ours.
 */
export interface Enforcer {
  readonly id: string
  /** One sentence for lists and help. */
  readonly summary: string
  readonly timeouts: "in-target" | "by-thwart"
  /** What the target's granularity of time is; ends closer than this count as equal. */
  readonly toleranceMs: Millis
  observe(signal: AbortSignal): Promise<readonly Observed[]>
  apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly OperationResult[]>
  teardown(signal: AbortSignal): Promise<void>
  close(): Promise<void>
  /** Where room is limited: the pool this entry would stand in, and how many go into it. The reconciler fills it by rank. */
  poolOf?(block: Pick<Block, "target" | "direction">): Pool
  /** What the target itself counted as refused because of our entries, since they were made. */
  refused?(signal: AbortSignal): Promise<Refused>
}

export interface Pool {
  readonly name: string
  readonly size: number
}

export interface Refused {
  readonly packets: number
  readonly bytes: number
}

/** Two entries with the same key are the same entry, whatever their ends. */
export function keyOf({ target, direction }: Pick<Block, "target" | "direction">): string {
  return `${direction} ${target}`
}
