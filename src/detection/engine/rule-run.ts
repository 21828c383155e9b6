import type { HttpObservation } from "../../core/index.ts"
import type { Program } from "../seclang/compile.ts"
import { type ConstantStart, constantStart } from "../seclang/run/constant-start.ts"
import { createFormCache } from "../seclang/run/form-cache.ts"
import { createPersistentStore, defaultPersistentOptions } from "../seclang/run/persistent.ts"
import { type OnFailure, runPhase } from "../seclang/run/phases.ts"
import { createTransaction, type Phase, type Transaction } from "../seclang/run/transaction.ts"

/** Runs the rules of a program over a transaction and hands back what they did to it; collections live as long as this does. */
export type RuleRun = (observation: HttpObservation, phases: readonly Phase[]) => Transaction

export function createRuleRun({ program, onFailure }: { program: Program; onFailure: OnFailure }): RuleRun {
  const cache = createFormCache()
  const store = createPersistentStore(defaultPersistentOptions)
  let start: ConstantStart | undefined
  return (observation, phases) => {
    start ??= constantStart(
      program.phases[1],
      createTransaction(observation, { ...program, store, cache, start: undefined }),
    )
    const transaction = createTransaction(observation, { ...program, store, cache, start })
    for (const phase of phases)
      runPhase(phase, transaction, { steps: program.phases[phase], from: phase === 1 ? start.at : 0, onFailure })
    return transaction
  }
}
