import type { HttpObservation } from "../../core/index.ts"
import type { Program } from "../seclang/compile.ts"
import { renewRegexBudget } from "../seclang/regex/bounded.ts"
import { type ConstantStart, constantStart } from "../seclang/run/constant-start.ts"
import { createFormCache } from "../seclang/run/form-cache.ts"
import { createPersistentStore, defaultPersistentOptions } from "../seclang/run/persistent.ts"
import { type PhaseSteps, runPhase } from "../seclang/run/phases.ts"
import { type Taken, takeAway } from "../seclang/run/removals.ts"
import { createTransaction, type OnFailure, type Phase, type Transaction } from "../seclang/run/transaction.ts"

/** Runs the rules of a program over a transaction and hands back what they did to it; collections live as long as this does. */
export type RuleRun = (observation: HttpObservation, phases: readonly Phase[]) => Transaction

export interface RuleRunDeps {
  readonly program: Program
  readonly onFailure: OnFailure
  /** What a policy takes from the rules for this observation; null when it is nothing. */
  readonly takenFrom?: (observation: HttpObservation) => readonly Taken[] | null
}

export function createRuleRun({ program, onFailure, takenFrom }: RuleRunDeps): RuleRun {
  const cache = createFormCache()
  const store = createPersistentStore({
    ...defaultPersistentOptions,
    timeoutMs: program.settings.collectionTimeoutMs,
  })
  let start: ConstantStart | undefined
  return (observation, phases) => {
    start ??= constantStart(
      program.phases[1],
      createTransaction(observation, { ...program, store, cache, onFailure, start: undefined }),
    )
    renewRegexBudget()
    const taken = takenFrom?.(observation) ?? null
    const begun = taken !== null && isTouched(program.phases[1], start.at, taken) ? undefined : start
    const transaction = createTransaction(observation, { ...program, store, cache, onFailure, start: begun })
    if (taken !== null) takeAway(taken, transaction.removals)
    for (const phase of phases)
      runPhase(phase, transaction, {
        steps: program.phases[phase],
        from: phase === 1 ? (begun?.at ?? 0) : 0,
      })
    return transaction
  }
}

/** True when something was taken from the rules that every transaction begins with: then they are run like all others. */
function isTouched(steps: PhaseSteps, end: number, taken: readonly Taken[]): boolean {
  return taken.some(({ rules, targets }) => {
    if (rules.size === 0 && targets.size === 0) return false
    for (let at = 0; at < end; at++) {
      const id = steps[at]?.rule.id ?? -1
      if (rules.has(id) || targets.has(id)) return true
    }
    return false
  })
}
