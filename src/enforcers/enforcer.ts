import type {
  BlockAction,
  Cidr,
  CountermeasureId,
  Direction,
  Millis,
  NodeRef,
  nodeKinds,
  QuarantineAction,
  Rate,
} from "../core/index.ts"

/** Something that shall be true of a target until its end. */
export interface Entry {
  /** When it ends; null: not by itself. */
  readonly expiresAt: Millis | null
}

/** One entry that shall stand in a target. Several countermeasures may want the same entry; the reconciler merges them. */
export interface Block extends Entry {
  readonly target: Cidr
  readonly direction: Direction
  /** Absent: block. */
  readonly action?: BlockAction | undefined
  /** Of a limit. */
  readonly rate?: Rate | undefined
}

/** Where an entry stands, whatever its end. */
export type Place = Omit<Block, "expiresAt">

/** What shall be done to one node. */
export interface Quarantine extends Entry {
  readonly action: QuarantineAction
  readonly node: NodeRef
  /** Whose evidence is kept, and which is told of when it has ended. */
  readonly countermeasure: CountermeasureId
  /** A node that was made later is another one, whatever its name. */
  readonly decidedAt: Millis
}

/** What stands in the target now and is ours. */
export type Observed<E extends Entry = Block> = E & {
  /** What the target counted as refused because of this entry; counted anew when the entry was made anew. */
  readonly refused?: Refused
}

export type Operation<E extends Entry = Block> =
  | { readonly kind: "add"; readonly block: E }
  /** The entry is there with another end. */
  | { readonly kind: "extend"; readonly block: E }
  | { readonly kind: "remove"; readonly block: Omit<E, "expiresAt"> }

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
export interface Enforcer<E extends Entry = Block> {
  readonly id: string
  /** One sentence for lists and help. */
  readonly summary: string
  readonly timeouts: "in-target" | "by-thwart"
  /** What the target's granularity of time is; ends closer than this count as equal. */
  readonly toleranceMs: Millis
  /**
   * `wanted` is for targets that join neighbours to one entry: what of it stands there, whole, as a part of something wider, is told
   * by itself, so that nothing looks new after a restart.
   */
  observe(signal: AbortSignal, wanted?: readonly Place[]): Promise<readonly Observed<E>[]>
  apply(operations: readonly Operation<E>[], signal: AbortSignal): Promise<readonly OperationResult[]>
  teardown(signal: AbortSignal): Promise<void>
  close(): Promise<void>
  /** What it can do to an address; only block by default. The reconciler asks it for nothing else. */
  readonly does?: readonly BlockAction[]
  /** Where room is limited: the pool this entry would stand in, and how many go into it. The reconciler fills it by rank. */
  poolOf?(block: Omit<E, "expiresAt">): Pool
  /** As `poolOf`, where room depends on what stands together: of these, the most important first, those that find none. */
  excess?(ranked: readonly E[]): readonly { readonly block: E; readonly reason: string }[]
  /** What the target itself counted as refused because of our entries, since they were made. */
  refused?(signal: AbortSignal): Promise<Refused>
}

/**
 * Quarantines nodes instead of blocking addresses. Obligations beside those above:
 * - acts on the node that is meant and no other: what it found when it looked is compared again when it acts and when it undoes;
 * - takes evidence before it changes anything, and keeps it beyond the end;
 * - writes down what the way back needs before it acts, so that no crash loses it;
 * - an entry that stands but no longer holds (somebody undid it) is observed with its end at 0.
 */
export interface QuarantineEnforcer extends Enforcer<Quarantine> {
  readonly nodeKinds: readonly (typeof nodeKinds)[number][]
  readonly actions: readonly QuarantineAction[]
  /** What was found before the countermeasure acted; undefined when there is nothing (any longer). */
  evidenceOf(id: CountermeasureId): Promise<unknown>
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
export function keyOf(block: Omit<Block, "expiresAt">): string {
  return `${kindOf(block)} ${block.target}`
}

/** Entries of different kinds stand side by side in a target, whatever their prefixes: `inbound`, `limit 100 packets/s outbound`. */
export function kindOf({ direction, action = "block", rate }: Omit<Block, "expiresAt" | "target">): string {
  if (action === "block") return direction
  return `${action}${rate === undefined ? "" : ` ${rate.perSecond} ${rate.unit}/s`} ${direction}`
}

export function quarantineKey({ action, node }: Pick<Quarantine, "action" | "node">): string {
  return `${action} ${node.kind} ${node.id}`
}
