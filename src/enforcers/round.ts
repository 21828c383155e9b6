import { type Clock, type Countermeasure, compareSeverity, messageOf } from "../core/index.ts"
import { createCoverage, isSingle } from "./coverage.ts"
import { type Block, type Enforcer, keyOf, type Observed, type Operation, type OperationResult } from "./enforcer.ts"
import { endsLater, plan, reduce } from "./planner.ts"

/** What is true of one countermeasure after a round. */
export interface Verdict {
  readonly state: "applied" | "failed" | "not-enforced"
  readonly reason: string | null
}

export interface RoundOutcome {
  readonly verdicts: ReadonlyMap<Countermeasure, Verdict>
  /** What the target holds now, as far as it said so itself. */
  readonly inForce: ReadonlyMap<string, Observed>
  /** Entries that nobody wants and that could not be removed, with the reason. */
  readonly stuck: ReadonlyMap<string, string>
  /** Something failed that may work another time. */
  readonly retry: boolean
}

export interface RoundDeps {
  readonly enforcer: Enforcer
  readonly clock: Clock
  readonly refusalNow: (of: Countermeasure) => Promise<string | undefined>
  readonly signal: AbortSignal
}

/** Why an entry is left out of the plan. One that stands in the target already stays as it is there, unless it has to make room. */
interface LeftOut {
  readonly verdict: Verdict
  readonly makeRoom: boolean
}

// A prefix that fails brings back the narrower ones that it hid, and those may fail in turn; the next round goes on from here.
const maxPasses = 8

/** Brings the target from what it holds to what these countermeasures want, and says what is true of each. */
export async function performRound(
  wanted: readonly Countermeasure[],
  observed: readonly Observed[],
  deps: RoundDeps,
): Promise<RoundOutcome> {
  const { enforcer, clock, signal } = deps
  const inForce = new Map(observed.map((block) => [keyOf(block), block]))
  const stuck = new Map<string, string>()
  const leftOut = new Map<string, LeftOut>()
  const { admitted, refused, retry } = await admit(wanted, inForce, deps)

  for (let pass = 0; pass < maxPasses; pass++) {
    const desired = fillByRank(admitted, { inForce, leftOut, enforcer, now: clock.now(), kept: [...refused.keys()] })
    const operations = plan({
      desired,
      observed: [...inForce.values()],
      now: clock.now(),
      toleranceMs: enforcer.toleranceMs,
    })
    if (operations.length === 0) break
    const results = await enforcer.apply(operations, signal)
    const failedPrefix = operations
      .map((operation, index) => settle(operation, results[index], { inForce, stuck, leftOut }))
      .includes("failed prefix")
    if (!failedPrefix) break
  }
  const verdicts = judge(admitted, refused, { inForce, leftOut })
  const failed = [...verdicts.values()].some(({ state }) => state === "failed")
  return { verdicts, inForce, stuck, retry: retry || failed || stuck.size > 0 }
}

/** Asks about everything that is not in force yet; the most important comes first. */
async function admit(
  wanted: readonly Countermeasure[],
  inForce: ReadonlyMap<string, Observed>,
  { enforcer, refusalNow }: RoundDeps,
) {
  const admitted: Countermeasure[] = []
  const refused = new Map<Countermeasure, string>()
  let retry = false
  for (const countermeasure of wanted.toSorted(byRank)) {
    const there = inForce.get(keyOf(countermeasure))
    if (there !== undefined && !adds(countermeasure, there, enforcer.toleranceMs)) {
      admitted.push(countermeasure)
      continue
    }
    try {
      const refusal = await refusalNow(countermeasure)
      if (refusal === undefined) admitted.push(countermeasure)
      else refused.set(countermeasure, refusal)
    } catch (error) {
      // Without the guardrails nothing new is put in force.
      retry = true
      refused.set(countermeasure, `the guardrails can't be asked: ${messageOf(error)}`)
    }
  }
  return { admitted, refused, retry }
}

function adds({ expiresAt }: Countermeasure, there: Observed, toleranceMs: number): boolean {
  return endsLater(expiresAt, there.expiresAt === null ? null : there.expiresAt + toleranceMs)
}

function byRank(one: Countermeasure, other: Countermeasure): number {
  return compareSeverity(other.severity, one.severity) || other.createdAt - one.createdAt
}

interface Fitting {
  readonly inForce: ReadonlyMap<string, Observed>
  readonly leftOut: Map<string, LeftOut>
  readonly enforcer: Enforcer
  readonly now: number
  readonly kept: readonly Countermeasure[]
}

/** What shall stand in the target: all that is admitted, by rank as far as the room goes. */
function fillByRank(
  admitted: readonly Countermeasure[],
  { inForce, leftOut, enforcer, now, kept }: Fitting,
): readonly Block[] {
  for (;;) {
    const asItIs = kept.flatMap((block) => inForce.get(keyOf(block)) ?? [])
    const blocks = admitted.flatMap((block): readonly Block[] => {
      const out = leftOut.get(keyOf(block))
      if (out === undefined) return [block]
      return out.makeRoom ? [] : [inForce.get(keyOf(block)) ?? []].flat()
    })
    const desired = reduce([...asItIs, ...blocks], now)
    const excess = beyondRoom(desired, enforcer)
    for (const [block, reason] of excess)
      leftOut.set(keyOf(block), { verdict: { state: "not-enforced", reason }, makeRoom: true })
    // Without a prefix that found no room, the narrower ones that it hid are wanted again.
    if (excess.every(([block]) => isSingle(block))) {
      const out = new Set(excess.map(([block]) => keyOf(block)))
      return desired.filter((block) => !out.has(keyOf(block)))
    }
  }
}

function beyondRoom(desired: readonly Block[], enforcer: Enforcer): readonly (readonly [Block, string])[] {
  const { poolOf } = enforcer
  if (poolOf === undefined) return []
  const filled = new Map<string, number>()
  return desired.flatMap((block) => {
    const { name, size } = poolOf(block)
    const before = filled.get(name) ?? 0
    filled.set(name, before + 1)
    return before < size ? [] : [[block, `capacity: ${name} is full (${size} entries) with what ranks higher`] as const]
  })
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
): "failed prefix" | "settled" {
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
  return isSingle(operation.block) ? "settled" : "failed prefix"
}

function judge(
  admitted: readonly Countermeasure[],
  refused: ReadonlyMap<Countermeasure, string>,
  { inForce, leftOut }: Pick<State, "inForce" | "leftOut">,
): ReadonlyMap<Countermeasure, Verdict> {
  const coverage = createCoverage(inForce.values())
  const verdicts = new Map<Countermeasure, Verdict>()
  for (const countermeasure of admitted) {
    const wider = coverage.wider(countermeasure)
    // A wider prefix counts only as long as it lasts: then the round that ends it brings this one back.
    const held = wider ?? (leftOut.has(keyOf(countermeasure)) ? undefined : inForce.get(keyOf(countermeasure)))
    const verdict = leftOut.get(keyOf(countermeasure))?.verdict
    if (held !== undefined) verdicts.set(countermeasure, { state: "applied", reason: null })
    else verdicts.set(countermeasure, verdict ?? { state: "failed", reason: "it is not in the target yet" })
  }
  for (const [countermeasure, reason] of refused) verdicts.set(countermeasure, { state: "not-enforced", reason })
  return verdicts
}
