import {
  type BlockCountermeasure,
  type Clock,
  type Countermeasure,
  type CountermeasureId,
  compareSeverity,
  messageOf,
} from "../core/index.ts"
import { aggregate } from "./aggregate.ts"
import { createCoverage, isSingle } from "./coverage.ts"
import {
  type Block,
  type Enforcer,
  type Entry,
  keyOf,
  type Observed,
  type Operation,
  type OperationResult,
} from "./enforcer.ts"
import { difference, endsLater, merge, placeOf } from "./planner.ts"

/** What is true of one countermeasure after a round. */
export interface Verdict {
  readonly state: "applied" | "failed" | "not-enforced"
  readonly reason: string | null
}

export interface RoundOutcome<E extends Entry = Block, C extends Countermeasure = BlockCountermeasure> {
  readonly verdicts: ReadonlyMap<C, Verdict>
  /** What the target holds now, as far as it said so itself. */
  readonly inForce: ReadonlyMap<string, Observed<E>>
  /** Entries that nobody wants and that could not be removed, with the reason. */
  readonly stuck: ReadonlyMap<string, string>
  /** Something failed that may work another time. */
  readonly retry: boolean
  /** Whose entries stood in the target when the round began, where entries say so; the key of each. */
  readonly owners?: ReadonlyMap<CountermeasureId, string>
}

export interface RoundDeps<E extends Entry = Block> {
  readonly enforcer: Enforcer<E>
  readonly clock: Clock
  readonly refusalNow: (of: Countermeasure) => Promise<string | undefined>
  readonly signal: AbortSignal
}

/** Why an entry is left out of the plan. One that stands in the target already stays as it is there, unless it has to make room. */
interface LeftOut {
  readonly verdict: Verdict
  readonly makeRoom: boolean
}

// What fails leaves room, a prefix also brings back the narrower ones that it hid, and those may fail in turn; the next round goes on from here.
const maxPasses = 8

/** A countermeasure, with the key of the entry that it wants. */
type Wish = readonly [key: string, of: BlockCountermeasure]

/** Brings the target from what it holds to what these countermeasures want, and says what is true of each. */
export async function performRound(
  wanted: readonly BlockCountermeasure[],
  observed: ReadonlyMap<string, Observed>,
  deps: RoundDeps,
): Promise<RoundOutcome> {
  const { enforcer, clock, signal } = deps
  const inForce = new Map(observed)
  const stuck = new Map<string, string>()
  const leftOut = new Map<string, LeftOut>()
  const { admitted, refused, retry } = await admit(wanted, inForce, deps)

  for (let pass = 0; pass < maxPasses; pass++) {
    const desired = fillByRank({ admitted, refused, inForce, leftOut, enforcer, now: clock.now() })
    const operations = difference(desired, inForce, { toleranceMs: enforcer.toleranceMs, placeOf })
    if (operations.length === 0) break
    const results = await enforcer.apply(operations, signal)
    const failed = operations
      .map((operation, index) => settle(operation, results[index], { inForce, stuck, leftOut }))
      .includes("failed")
    if (!failed) break
    // What failed leaves room, for which everything that found none competes again.
    for (const [key, { makeRoom }] of leftOut) if (makeRoom) leftOut.delete(key)
  }
  const verdicts = judge(admitted, refused, { inForce, leftOut })
  const failed = [...verdicts.values()].some(({ state }) => state === "failed")
  return { verdicts, inForce, stuck, retry: retry || failed || stuck.size > 0 }
}

/** Asks about everything that is not in force yet; the most important comes first. */
async function admit(
  wanted: readonly BlockCountermeasure[],
  inForce: ReadonlyMap<string, Observed>,
  { enforcer, refusalNow }: RoundDeps,
) {
  const admitted: Wish[] = []
  const refused = new Map<Wish, string>()
  let retry = false
  for (const countermeasure of wanted.toSorted(byRank)) {
    const wish: Wish = [keyOf(countermeasure), countermeasure]
    if (!(enforcer.does ?? ["block"]).includes(countermeasure.action)) {
      refused.set(wish, `${enforcer.id} can't ${countermeasure.action} an address`)
      continue
    }
    const there = inForce.get(wish[0])
    if (there !== undefined && !adds(countermeasure, there, enforcer.toleranceMs)) {
      admitted.push(wish)
      continue
    }
    try {
      const refusal = await refusalNow(countermeasure)
      if (refusal === undefined) admitted.push(wish)
      else refused.set(wish, refusal)
    } catch (error) {
      // Without the guardrails nothing new is put in force.
      retry = true
      refused.set(wish, `the guardrails can't be asked: ${messageOf(error)}`)
    }
  }
  return { admitted, refused, retry }
}

function adds({ expiresAt }: Countermeasure, there: Observed, toleranceMs: number): boolean {
  return endsLater(expiresAt, there.expiresAt === null ? null : there.expiresAt + toleranceMs)
}

export function byRank(one: Countermeasure, other: Countermeasure): number {
  return one.severity === other.severity
    ? other.createdAt - one.createdAt
    : compareSeverity(other.severity, one.severity)
}

interface Filling {
  readonly admitted: readonly Wish[]
  readonly refused: ReadonlyMap<Wish, string>
  readonly inForce: ReadonlyMap<string, Observed>
  readonly leftOut: Map<string, LeftOut>
  readonly enforcer: Enforcer
  readonly now: number
}

/** What shall stand in the target: all that is admitted, by rank as far as the room goes. */
function fillByRank({ admitted, refused, inForce, leftOut, enforcer, now }: Filling): ReadonlyMap<string, Block> {
  const asItIs = (key: string): readonly (readonly [string, Block])[] => {
    const there = inForce.get(key)
    return there === undefined ? [] : [[key, there]]
  }
  for (;;) {
    const kept = [...refused.keys()].flatMap(([key]) => asItIs(key))
    const chosen =
      leftOut.size === 0
        ? admitted
        : admitted.flatMap((wish) => {
            const out = leftOut.get(wish[0])
            if (out === undefined) return [wish]
            return out.makeRoom ? [] : asItIs(wish[0])
          })
    let desired = merge([...kept, ...chosen], now)
    let excess = beyondRoom(desired, enforcer)
    if (excess.length > 0 && enforcer.poolOf !== undefined) {
      desired = aggregate(desired, leftOut)
      excess = beyondRoom(desired, enforcer)
    }
    for (const { key, reason } of excess) {
      leftOut.set(key, { verdict: { state: "not-enforced", reason }, makeRoom: true })
      desired.delete(key)
    }
    // Without a prefix that found no room, the narrower ones that it hid are wanted again.
    if (excess.every(({ block }) => isSingle(block))) return desired
  }
}

function beyondRoom(desired: ReadonlyMap<string, Block>, enforcer: Enforcer) {
  const { poolOf } = enforcer
  const filled = new Map<string, number>()
  const excess: { readonly key: string; readonly block: Block; readonly reason: string }[] = []
  for (const { block, reason } of enforcer.excess?.([...desired.values()]) ?? [])
    excess.push({ key: keyOf(block), block, reason })
  if (poolOf === undefined) return excess
  for (const [key, block] of desired) {
    const { name, size } = poolOf(block)
    const before = filled.get(name) ?? 0
    filled.set(name, before + 1)
    if (before < size) continue
    excess.push({
      key,
      block,
      reason: `capacity: ${name} is full (${size} entries) with what ranks higher`,
    })
  }
  return excess
}

interface State {
  readonly inForce: Map<string, Observed>
  readonly stuck: Map<string, string>
  readonly leftOut: Map<string, LeftOut>
}

function settle(
  operation: Operation,
  result: OperationResult | undefined,
  { inForce, stuck, leftOut }: State,
): "failed" | "settled" {
  const key = keyOf(operation.block)
  if (result?.kind === "applied" || result?.kind === "already") {
    if (operation.kind === "remove") inForce.delete(key)
    else inForce.set(key, operation.block)
    return "settled"
  }
  const reason = result !== undefined && "reason" in result ? result.reason : "the enforcer gave no result"
  if (operation.kind === "remove") {
    stuck.set(key, reason)
    return "settled"
  }
  leftOut.set(key, { verdict: { state: result?.kind ?? "failed", reason }, makeRoom: false })
  return "failed"
}

function judge(
  admitted: readonly Wish[],
  refused: ReadonlyMap<Wish, string>,
  { inForce, leftOut }: Pick<State, "inForce" | "leftOut">,
): ReadonlyMap<BlockCountermeasure, Verdict> {
  const coverage = createCoverage(inForce.values())
  const verdicts = new Map<BlockCountermeasure, Verdict>()
  for (const [key, countermeasure] of admitted) {
    const out = leftOut.get(key)
    // A wider prefix counts only as long as it lasts: then the round that ends it brings this one back.
    const held = (out === undefined && inForce.has(key)) || coverage.wider(countermeasure) !== undefined
    verdicts.set(countermeasure, held ? applied : (out?.verdict ?? missing))
  }
  for (const [[, countermeasure], reason] of refused) verdicts.set(countermeasure, { state: "not-enforced", reason })
  return verdicts
}

const applied: Verdict = { state: "applied", reason: null }
const missing: Verdict = { state: "failed", reason: "it is not in the target yet" }
