import type { HttpObservation } from "../../core/index.ts"
import type { Program } from "../seclang/compile.ts"
import { renewRegexBudget } from "../seclang/regex/bounded.ts"
import { type ConstantStart, constantStart } from "../seclang/run/constant-start.ts"
import { createFormCache } from "../seclang/run/form-cache.ts"
import { narrow } from "../seclang/run/narrow.ts"
import { createPersistentStore, defaultPersistentOptions } from "../seclang/run/persistent.ts"
import { type NarrowedPhases, type PhaseSteps, runPhase } from "../seclang/run/phases.ts"
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

/** What is the same in every transaction, found out at the first. */
interface Settled {
  readonly start: ConstantStart
  readonly narrowed: NarrowedPhases
}

export function createRuleRun({ program, onFailure, takenFrom }: RuleRunDeps): RuleRun {
  const cache = createFormCache()
  const store = createPersistentStore({
    ...defaultPersistentOptions,
    timeoutMs: program.settings.collectionTimeoutMs,
  })
  const begin = (observation: HttpObservation, start?: ConstantStart) =>
    createTransaction(observation, { ...program, store, cache, onFailure, start })
  const settle = (observation: HttpObservation): Settled | undefined => {
    if (!program.shortCuts) return undefined
    const start = constantStart(program.phases[1], begin(observation))
    return { start, narrowed: narrow(program, start, begin(observation)) }
  }
  let known: Settled | undefined
  return (observation, phases) => {
    renewRegexBudget()
    known ??= settle(observation)
    const taken = takenFrom?.(observation) ?? null
    const touched = known !== undefined && taken !== null && isTouched(program.phases[1], known, taken)
    const settled = touched ? undefined : known
    const transaction = begin(observation, settled?.start)
    if (taken !== null) takeAway(taken, transaction.removals)
    for (const phase of phases)
      runPhase(phase, transaction, {
        all: program.phases[phase],
        narrowed: settled?.narrowed ?? null,
      })
    return transaction
  }
}

/** True when something was taken from the rules that every transaction decides alike: then all of them are run. */
function isTouched(steps: PhaseSteps, { start, narrowed }: Settled, taken: readonly Taken[]): boolean {
  const touches = ({ rules, targets }: Taken, id: number) => rules.has(id) || targets.has(id)
  return taken.some((one) => {
    if (one.rules.size === 0 && one.targets.size === 0) return false
    for (let at = 0; at < start.at; at++) if (touches(one, steps[at]?.rule.id ?? -1)) return true
    for (const { id } of narrowed.deciders) if (touches(one, id)) return true
    return false
  })
}
