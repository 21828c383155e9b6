import type { Latin1 } from "../../../core/index.ts"
import { evaluate } from "./evaluate.ts"
import { type PhaseSteps, record } from "./phases.ts"
import type { MatchedRule, Transaction } from "./transaction.ts"

/**
 * How every transaction begins: rule sets start with dozens of rules that only set and compare variables of their own (TX). They are
 * run once, and each transaction goes on from what came of it.
 */
export interface ConstantStart {
  /** The step of phase 1 to go on from. */
  readonly at: number
  readonly tx: ReadonlyMap<string, Latin1>
  readonly matched: readonly MatchedRule[]
  readonly highestSeverity: number
}

class NotConstant extends Error {}

// What rules may ask for and still do the same in every transaction.
const constant: ReadonlySet<string> = new Set([
  "added",
  "captured",
  "highestSeverity",
  "matched",
  "matches",
  "phase",
  "removals",
  "rule",
  "selections",
  "skip",
  "tx",
])

/** Runs phase 1 on a transaction that has nothing but TX, up to the first rule that asks for more. */
export function constantStart(steps: PhaseSteps, blank: Transaction): ConstantStart {
  const transaction = onlyConstants(blank)
  let start: ConstantStart = { at: 0, tx: new Map(), matched: [], highestSeverity: blank.highestSeverity }
  try {
    for (let at = 0; at < steps.length; ) {
      start = { at, tx: new Map(blank.tx), matched: [...blank.matched], highestSeverity: blank.highestSeverity }
      const step = steps[at]
      if (step === undefined || step.rule.sieve !== null || step.rule.disruption.startsWith("allow")) break
      at++
      if (!evaluate(transaction, step.rule)) continue
      if (blank.removals.any || blank.removals.variables.size > 0) break
      if (step.rule.isTold) record(step.rule, transaction)
      if (step.to >= 0) at = step.to
      at += step.rule.skip
    }
  } catch (error) {
    if (!(error instanceof NotConstant)) throw error
  }
  return start
}

/** A view of the transaction that gives away, and lets change, nothing that differs between transactions. */
function onlyConstants(transaction: Transaction): Transaction {
  const check = (name: string | symbol): void => {
    if (!constant.has(String(name))) throw new NotConstant(String(name))
  }
  return new Proxy(transaction, {
    get: (target, name, receiver) => {
      check(name)
      return Reflect.get(target, name, receiver) as unknown
    },
    set: (target, name, value) => {
      check(name)
      return Reflect.set(target, name, value)
    },
  })
}
