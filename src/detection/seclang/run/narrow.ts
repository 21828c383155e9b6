import { isMarker, type Rule, type Step, type TxKey } from "../rule.ts"
import type { ConstantStart } from "./constant-start.ts"
import { gateOf, type NarrowedPhases, type PhaseSteps, skipsOnly, stepsOf } from "./phases.ts"
import type { Phase, Transaction } from "./transaction.ts"

interface Whole {
  readonly steps: readonly Step[]
  readonly phases: Readonly<Record<Phase, PhaseSteps>>
}

/**
 * Behind the constant start, whole groups of rules are passed over by rules that compare a variable which nobody sets again (of which
 * paranoia level the others are). These and the rules that they pass over are left out.
 */
export function narrow({ steps, phases }: Whole, start: ConstantStart, blank: Transaction): NarrowedPhases {
  const begun = new Set(phases[1].slice(0, start.at).map(({ rule }) => rule))
  const isSet = settable(steps.filter((step): step is Rule => !isMarker(step) && !begun.has(step)))
  const decide = decider(start, blank, isSet)
  const deciders = new Set<Rule>()
  const of = (phase: Phase): PhaseSteps => {
    const inPhase = steps.filter((step) => isMarker(step) || (step.phase === phase && !begun.has(step)))
    const places = new Map(phases[phase].map(({ rule, place }) => [rule, place]))
    return stepsOf(undecided(inPhase, decide, deciders), phase).map((step) => ({
      ...step,
      place: places.get(step.rule) ?? step.place,
    }))
  }
  const narrowed = { 1: of(1), 2: of(2), 3: of(3), 4: of(4), 5: of(5) }
  return { phases: narrowed, deciders: [...deciders] }
}

/** Whether a variable of TX may be set by one of these rules, or by the engine itself: captures, and marks of its own. */
function settable(rules: readonly Rule[]): (key: string) => boolean {
  const keys = new Map<string, TxKey>()
  for (const { sets } of rules) for (const key of sets) keys.set(`${key.isWhole} ${key.text}`, key)
  const whole = new Set([...keys.values()].filter(({ isWhole }) => isWhole).map(({ text }) => text))
  const beginnings = [...keys.values()].filter(({ isWhole }) => !isWhole).map(({ text }) => text)
  return (key) => /^(?:\d|msc_.*)$/.test(key) || whole.has(key) || beginnings.some((text) => key.startsWith(text))
}

type Decide = (rule: Rule) => boolean | undefined

class Undecided extends Error {}

/** Asks a rule that compares one value whether it matches; undefined when that is not the same in every transaction. */
function decider(start: ConstantStart, blank: Transaction, isSet: (key: string) => boolean): Decide {
  const tx = new (class extends Map<string, string> {
    override get(key: string): string | undefined {
      if (isSet(key)) throw new Undecided()
      return start.tx.get(key)
    }
  })()
  const settled = new Proxy(blank, {
    get: (_, name) => {
      if (name === "tx") return tx
      throw new Undecided()
    },
  })
  return (rule) => {
    const gate = gateOf(rule)
    if (gate === null) return undefined
    try {
      return gate(settled)
    } catch (error) {
      if (error instanceof Undecided) return undefined
      throw error
    }
  }
}

function undecided(steps: readonly Step[], decide: Decide, deciders: Set<Rule>): readonly Step[] {
  // Where rules are counted, none may go.
  if (steps.some((step) => !isMarker(step) && step.skip > 0)) return steps
  const kept: Step[] = []
  const goals = new Set<string>()
  const isGoal = (step: Step) => goals.has(isMarker(step) ? step.marker : String(step.id))
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]
    if (step === undefined) break
    if (isMarker(step)) {
      if (isGoal(step)) kept.push(step)
      continue
    }
    const decided = isGoal(step) ? undefined : decide(step)
    if (decided === false) continue
    const goal = decided === true && skipsOnly(step) ? goalOf(steps, at, step.skipAfter) : undefined
    const passed = goal === undefined ? [] : steps.slice(at + 1, goal)
    // What an earlier rule leads to keeps all that is behind it.
    if (goal !== undefined && !passed.some(isGoal)) {
      deciders.add(step)
      at = goal - 1
      continue
    }
    kept.push(step)
    if (step.skipAfter !== null) goals.add(step.skipAfter)
  }
  return kept
}

function goalOf(steps: readonly Step[], from: number, marker: string | null): number | undefined {
  if (marker === null) return undefined
  const found = steps.findIndex((step, index) => index > from && isMarker(step) && step.marker === marker)
  return found < 0 ? undefined : found
}
