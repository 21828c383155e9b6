import type { Cidr, CountermeasureId, Direction, Millis } from "../core/index.ts"

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
  /** The target has no room. */
  | { readonly kind: "not-enforced"; readonly reason: string }

/**
 * Brings one real system to the desired state. Obligations of every implementation:
 * - owns only what carries its name or tag, and never touches anything else;
 * - `observe` reads the target itself, not a memory of it;
 * - `apply` is idempotent, gives one result for each operation in order, and one bad entry never holds up the others;
 * - sets the timeout in the target itself where it has one (`timeouts: "in-target"`), so that a block ends even if Thwart is gone;
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
}

/** Tells whose countermeasure an entry serves, for reports. */
export type BlockOwner = CountermeasureId
