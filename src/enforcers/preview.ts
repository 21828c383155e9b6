import type { Clock } from "../core/index.ts"
import {
  type Block,
  type Enforcer,
  type Entry,
  keyOf,
  type Operation,
  type Preview,
  type Quarantine,
  quarantineKey,
} from "./enforcer.ts"
import { difference, plan } from "./planner.ts"

export interface PreviewInput<E extends Entry> {
  readonly enforcer: Enforcer<E>
  /** What shall be in force already. */
  readonly desired: readonly E[]
  /** What would be wanted beside it. */
  readonly more: readonly E[]
  readonly clock: Clock
}

/** The calls that these blocks would lead to, beside those that are due anyway. */
export async function previewBlock(
  { enforcer, desired, more, clock }: PreviewInput<Block>,
  signal: AbortSignal,
): Promise<Preview> {
  const observed = await enforcer.observe(signal)
  const target = { observed, now: clock.now(), toleranceMs: enforcer.toleranceMs }
  const due = plan({ ...target, desired })
  const then = plan({ ...target, desired: [...desired, ...more] })
  const key = ({ kind, block }: Operation) => `${kind} ${keyOf(block)} ${"expiresAt" in block ? block.expiresAt : ""}`
  const known = new Set(due.map(key))
  return shown(
    { enforcer, keyFor: keyOf },
    then.filter((operation) => !known.has(key(operation))),
    signal,
  )
}

/** The calls that these quarantines would lead to. */
export async function previewQuarantine(
  { enforcer, more }: Omit<PreviewInput<Quarantine>, "desired" | "clock">,
  signal: AbortSignal,
): Promise<Preview> {
  const keyed = (entries: readonly Quarantine[]) => new Map(entries.map((one) => [quarantineKey(one), one]))
  const wanted = keyed(more)
  const there = new Map([...keyed(await enforcer.observe(signal))].filter(([key]) => wanted.has(key)))
  const { toleranceMs } = enforcer
  return shown(
    { enforcer, keyFor: quarantineKey },
    difference(wanted, there, { toleranceMs, placeOf: (entry) => entry }),
    signal,
  )
}

async function shown<E extends Entry>(
  { enforcer, keyFor }: { readonly enforcer: Enforcer<E>; readonly keyFor: (block: Omit<E, "expiresAt">) => string },
  operations: readonly Operation<E>[],
  signal: AbortSignal,
): Promise<Preview> {
  if (operations.length === 0) return { calls: [], note: "nothing has to be done: the target holds it already" }
  if (enforcer.preview !== undefined) return enforcer.preview(operations, signal)
  const calls = operations.map((operation) => ({
    call: `${operation.kind} ${keyFor(operation.block)}`,
    body: operation,
  }))
  return { calls, note: "the changes; this enforcer does not tell its calls" }
}
