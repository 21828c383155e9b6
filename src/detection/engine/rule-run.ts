import type { HttpObservation } from "../../core/index.ts"
import type { Program } from "../seclang/compile.ts"
import { createPersistentStore, defaultPersistentOptions } from "../seclang/run/persistent.ts"
import { createFormCache } from "../seclang/run/form-cache.ts"
import { type OnFailure, runPhase } from "../seclang/run/phases.ts"
import { createTransaction, type Phase, type Transaction } from "../seclang/run/transaction.ts"

/** Runs the rules of a program over a transaction and hands back what they did to it; collections live as long as this does. */
export type RuleRun = (observation: HttpObservation, phases: readonly Phase[]) => Transaction

export function createRuleRun({ program, onFailure }: { program: Program; onFailure: OnFailure }): RuleRun {
  const cache = createFormCache()
  const store = createPersistentStore(defaultPersistentOptions)
  return (observation, phases) => {
    const transaction = createTransaction(observation, { ...program, store, cache })
    for (const phase of phases) runPhase(program.phases[phase], phase, transaction, onFailure)
    return transaction
  }
}
