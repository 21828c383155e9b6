import { messageOf } from "../../../core/index.ts"
import { parseBody, processorFor } from "../bodies/body.ts"
import { mayMatch } from "../prefilter/prefilter.ts"
import { RegexBudgetExceeded } from "../regex/bounded.ts"
import { isMarker, type Rule, type Step } from "../rule.ts"
import { refresh } from "../variables/variables.ts"
import { evaluate } from "./evaluate.ts"
import { isRemoved, type Removals } from "./removals.ts"
import { type Segment, scanOfSegment, segmentsOf } from "./segment.ts"
import { nameOf, type Phase, type RuleMatch, type Sighting, type Transaction } from "./transaction.ts"

/** A step of one phase; `to` is where `skipAfter` goes on, or the end when the marker is nowhere behind. */
export interface PhaseStep {
  readonly rule: Rule
  /** Among all steps of its phase. */
  readonly place: number
  readonly to: number
  /** Undefined for a rule that always runs. */
  readonly segment: Segment | undefined
  /** Whether its one value, which needs no selection, matches: most rules of that kind lead nowhere. */
  readonly gate: ((transaction: Transaction) => boolean) | null
  /** True when the gate says all, and all that a match does is to skip. */
  readonly onlySkips: boolean
}

export type PhaseSteps = readonly PhaseStep[]

/** The rules of a phase in order. Markers are gone: each rule knows where it skips to. */
export function stepsOf(steps: readonly Step[], phase: Phase): PhaseSteps {
  const inPhase = steps.filter((step) => isMarker(step) || step.phase === phase)
  const rules = inPhase.filter((step): step is Rule => !isMarker(step))
  const positions = new Map<Step, number>()
  let position = 0
  for (const step of inPhase) {
    positions.set(step, position)
    if (!isMarker(step)) position++
  }
  const segments = segmentsOf(inPhase)
  return rules.map((rule, place) => ({
    rule,
    place,
    to: goalOf(rule),
    segment: segments.get(rule),
    gate: gateOf(rule),
    onlySkips: skipsOnly(rule),
  }))

  function goalOf(rule: Rule): number {
    if (rule.skipAfter === null) return -1
    const from = inPhase.indexOf(rule)
    const marker = inPhase.find(
      (step, index) =>
        index > from && (isMarker(step) ? step.marker === rule.skipAfter : String(step.id) === rule.skipAfter),
    )
    if (marker === undefined) return rules.length
    // Behind the marker, or behind the rule of that id.
    return (positions.get(marker) ?? rules.length) + (isMarker(marker) ? 0 : 1)
  }
}

export function gateOf({ test }: Rule): PhaseStep["gate"] {
  const [target, another] = test?.targets ?? []
  if (test === null || target === undefined || another !== undefined || test.chain !== null) return null
  const { only } = target
  const { operator, negated } = test
  if (only === null || operator.holds === undefined) return null
  const { holds } = operator
  return (transaction) => {
    const text = only.text(transaction)
    return text !== undefined && holds(text, transaction) !== negated
  }
}

export const skipsOnly = (rule: Rule) =>
  gateOf(rule) !== null && !rule.leavesTrace && rule.disruption === "pass" && rule.severity === null

/** The steps that are left when what every transaction decides alike was decided once. */
export interface NarrowedPhases {
  readonly phases: Readonly<Record<Phase, PhaseSteps>>
  /** The rules by which it was decided: while none is taken away, the rest comes out the same. */
  readonly deciders: readonly Rule[]
}

export interface PhaseRun {
  readonly all: PhaseSteps
  /** Null when what decides was taken away. */
  readonly narrowed: NarrowedPhases | null
}

/** Runs the rules of one phase; a rule that fails is told and passed over. */
export function runPhase(phase: Phase, transaction: Transaction, { all, narrowed }: PhaseRun): void {
  enter(phase, transaction)
  const { removals } = transaction
  let steps = narrowed === null || isWide(narrowed, removals) ? all : narrowed.phases[phase]
  let at = 0
  while (at < steps.length && transaction.engineOn && !isAllowed(transaction)) {
    let step = steps[at]
    if (step === undefined) return
    at++
    if (passedOver(step, transaction) !== undefined || !runStep(step, transaction)) continue
    if (removals.changed && narrowed !== null && steps !== all && isWide(narrowed, removals)) {
      steps = all
      transaction.segments = []
      at = step.place + 1
      step = all[step.place] ?? step
    }
    if (step.to >= 0) at = step.to
    at += step.rule.skip
  }
}

function isWide({ deciders }: NarrowedPhases, removals: Removals): boolean {
  if (removals.changed) {
    removals.changed = false
    removals.wide ||= deciders.some((rule) => isRemoved(rule, removals))
  }
  return removals.wide
}

/** Why a rule need not run: nothing it looks at can match, its one value does not, or it was taken away (`ctl`). */
export type PassedOver = "prefilter" | "value" | "removed"

/** Asked of every rule, so the cheapest come first; undefined for one that must run. */
export function passedOver({ rule, segment, gate }: PhaseStep, transaction: Transaction): PassedOver | undefined {
  if (segment !== undefined && rule.sieve !== null && !mayMatch(rule.sieve.filter, scanOfSegment(segment, transaction)))
    return "prefilter"
  if (gate !== null && !attempt(gate, rule, transaction)) return "value"
  return transaction.removals.any && isRemoved(rule, transaction.removals) ? "removed" : undefined
}

/** True when it matched. */
export function runStep({ rule, onlySkips }: PhaseStep, transaction: Transaction): boolean {
  if (onlySkips) return true
  if (!attempt(evaluate, rule, transaction)) return false
  if (rule.isTold) record(rule, transaction)
  allow(rule, transaction)
  return true
}

export function enter(phase: Phase, transaction: Transaction): void {
  transaction.phase = phase
  transaction.segments = []
  if (transaction.allowed === "phase") transaction.allowed = "nothing"
  if (phase <= 2) {
    const contentType = transaction.request.header("content-type") ?? ""
    if (phase === 1) transaction.bodyProcessor = processorFor(contentType)
    else if (transaction.bodyAccess) {
      const { settings, observation, bodyProcessor } = transaction
      transaction.body = parseBody(observation.request.body, bodyProcessor, { contentType, settings })
    }
  }
  refresh(transaction)
}

export const isAllowed = ({ allowed, phase }: Transaction): boolean =>
  phase !== 5 && (allowed === "all" || allowed === "phase" || (allowed === "request" && phase <= 2))

// ModSecurity's, so that a rule of the operator's decides what becomes of a request that could not be looked at whole.
const limitsExceeded = "msc_pcre_limits_exceeded"

type Matches = (transaction: Transaction, rule: Rule) => boolean

function attempt(matches: Matches, rule: Rule, transaction: Transaction): boolean {
  try {
    return matches(transaction, rule)
  } catch (error) {
    transaction.onFailure(rule, messageOf(error))
    if (error instanceof RegexBudgetExceeded) transaction.tx.set(limitsExceeded, "1")
    return false
  }
}

const scopes = { allow: "all", "allow-phase": "phase", "allow-request": "request" } as const

// Matches of one rule that are kept as evidence; all of them ran its actions.
const maxEvidence = 20

function evidenceOf(match: Sighting): RuleMatch {
  const { value, form, hit, chain } = match
  const { offset = 0, length = form.length } = hit ?? {}
  return { variable: nameOf(match), text: form, raw: value.text, offset, length, chain }
}

export function record(rule: Rule, transaction: Transaction): void {
  const { phase, matches, added } = transaction
  transaction.matched.push({
    rule,
    phase,
    message: rule.messageText.of(transaction),
    logData: rule.logText?.of(transaction) ?? "",
    matches: matches.slice(0, maxEvidence).map(evidenceOf),
    added: added.any ? added : null,
  })
}

function allow({ disruption }: Rule, transaction: Transaction): void {
  if (disruption === "allow" || disruption === "allow-phase" || disruption === "allow-request")
    transaction.allowed = scopes[disruption]
}
