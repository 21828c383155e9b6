import type { HttpObservation, Latin1 } from "../../core/index.ts"
import type { Program } from "../seclang/compile.ts"
import { renewRegexBudget } from "../seclang/regex/bounded.ts"
import type { Rule } from "../seclang/rule.ts"
import { createFormCache } from "../seclang/run/form-cache.ts"
import { createPersistentStore, defaultPersistentOptions } from "../seclang/run/persistent.ts"
import { enter, isAllowed, type PassedOver, type PhaseStep, passedOver, runStep } from "../seclang/run/phases.ts"
import { createTransaction, type Phase, type RuleMatch, type Transaction } from "../seclang/run/transaction.ts"

/** What became of a rule: it matched, it ran and did not, it could not be run to its end, or why it did not run. */
export type Outcome = "matched" | "no match" | PassedOver | "skipped" | "not reached" | "failed"

export interface TracedRule {
  readonly id: number
  readonly phase: Phase
  readonly file: string
  readonly line: number
  readonly message: Latin1
  readonly outcome: Outcome
  /** The rule that skipped it. */
  readonly by: number | null
  /** Microseconds; what several rules share counts for the first of them. */
  readonly micros: number
  readonly matches: readonly RuleMatch[]
}

export interface Trace {
  readonly rules: readonly TracedRule[]
  readonly transaction: Transaction
}

/** Runs every rule over one transaction and tells what became of each, in order. `now` is in nanoseconds. */
export function trace(program: Program, observation: HttpObservation, now: () => bigint): Trace {
  const store = createPersistentStore(defaultPersistentOptions)
  const failed = new Set<Rule>()
  const transaction = createTransaction(observation, {
    ...program,
    store,
    cache: createFormCache(),
    start: undefined,
    onFailure: (rule) => failed.add(rule),
  })
  renewRegexBudget()
  const phases: readonly Phase[] = observation.response === null ? [1, 2, 5] : [1, 2, 3, 4, 5]
  const rules = phases.flatMap((phase) => tracePhase(phase, program.phases[phase], { transaction, now, failed }))
  return { rules, transaction }
}

interface Tracing {
  readonly transaction: Transaction
  readonly now: () => bigint
  readonly failed: ReadonlySet<Rule>
}

function tracePhase(
  phase: Phase,
  steps: readonly PhaseStep[],
  { transaction, now, failed }: Tracing,
): readonly TracedRule[] {
  const traced: TracedRule[] = []
  enter(phase, transaction)
  let at = 0
  let skipper: number | null = null
  for (const [index, step] of steps.entries()) {
    const { rule } = step
    const stopped = !transaction.engineOn || isAllowed(transaction)
    if (stopped || index < at) {
      traced.push(tell(rule, { outcome: stopped ? "not reached" : "skipped", by: stopped ? null : skipper }))
      continue
    }
    const known = transaction.matched.length
    const start = now()
    const ended = outcomeOf(step, transaction)
    const outcome = failed.has(rule) ? "failed" : ended
    const micros = Number(now() - start) / 1000
    if (outcome === "matched") {
      at = (step.to >= 0 ? step.to : index + 1) + rule.skip
      skipper = rule.id
    }
    const matches = transaction.matched.slice(known).flatMap((match) => match.matches)
    traced.push(tell(rule, { outcome, micros, matches }))
  }
  return traced
}

function outcomeOf(step: PhaseStep, transaction: Transaction): Outcome {
  const why = passedOver(step, transaction)
  if (why !== undefined) return why
  return runStep(step, transaction) ? "matched" : "no match"
}

function tell(rule: Rule, rest: Pick<TracedRule, "outcome"> & Partial<TracedRule>): TracedRule {
  const { id, phase, file, place, message } = rule
  return { id, phase, file, line: place.line, message, by: null, micros: 0, matches: [], ...rest }
}
