import type { Alert, AlertId, RuleId } from "../../core/index.ts"
import type { RulePolicy } from "../policy/rule-policy.ts"
import { createTaking } from "../policy/taking.ts"
import { alertOfEvent } from "./alert.ts"
import { type CompiledRule, compileEventRule, distinctValue } from "./compiled-rule.ts"
import type { EventRule } from "./event-rule.ts"
import { type JudgedObservation, type Subject, subjectOf } from "./subject.ts"
import { createWindows, type Step, type Windows } from "./windows.ts"

export interface EvaluatorDeps {
  readonly ids: { alert(): AlertId }
  readonly rules: readonly EventRule[]
  /** Which rules are off, and where exceptions hold; followed as it changes. */
  readonly policy?: RulePolicy
}

export interface EvaluatorOptions {
  /** Keys and counted events that are kept at most, of all rules together. */
  readonly budget?: number
}

/** What became of an event at a rule. */
export type Outcome = Step | "suppressed" | "no match" | "off"

export interface Judgement {
  readonly rule: RuleId
  readonly outcome: Outcome
  /** Why: what did not match, or the reason of the suppression. */
  readonly why: readonly string[]
  readonly alert: Alert | null
}

export type RuleCounts = Readonly<Record<Exclude<Outcome, "no match" | "off">, number>>

/** Holds events and HTTP transactions against rules; at most one alert per rule, key and window. */
export interface EventEvaluator {
  look(observation: JudgedObservation): readonly Alert[]
  /** As `look`, but tells of every rule what became of the event; it counts as looked at. */
  judge(observation: JudgedObservation): readonly Judgement[]
  counts(): ReadonlyMap<RuleId, RuleCounts>
  /** Keys that are kept now, and how many were forgotten to stay within the budget. */
  status(): { readonly keys: number; readonly evicted: number }
}

type Counts = { -readonly [Name in keyof RuleCounts]: number }

/** Throws THWART_RULES_INVALID for rules that were not checked when they were read. */
export function createEventEvaluator(
  { ids, rules, policy }: EvaluatorDeps,
  options: EvaluatorOptions = {},
): EventEvaluator {
  const takenFrom = policy === undefined ? () => null : createTaking(policy, [])
  const compiled = rules.map(compileEventRule)
  const running = compiled.filter(({ rule }) => rule.enabled)
  const runningFor = createChoice(running)
  const windows = createWindows(options.budget)
  const counts = new Map<RuleId, Counts>(
    running.map(({ rule }) => [rule.id, { raised: 0, counted: 0, aggregated: 0, suppressed: 0 }]),
  )

  const judgeOne = (one: CompiledRule, subject: Subject): Outcome => {
    if (takenFrom(subject.observation)?.some(({ rules: away }) => away.has(one.rule.id)) === true) return "off"
    const outcome = outcomeOf(one, subject, windows)
    const known = counts.get(one.rule.id)
    if (known !== undefined && outcome !== "no match" && outcome !== "off") known[outcome]++
    return outcome
  }

  return {
    look: (observation) => {
      const subject = subjectOf(observation)
      const alerts: Alert[] = []
      for (const one of runningFor(subject))
        if (judgeOne(one, subject) === "raised") alerts.push(alertOfEvent(one, subject, ids.alert()))
      return alerts
    },
    judge: (observation) => {
      const subject = subjectOf(observation)
      return compiled.map((one) => {
        const outcome = one.rule.enabled ? judgeOne(one, subject) : "off"
        const alert = outcome === "raised" ? alertOfEvent(one, subject, ids.alert()) : null
        return { rule: one.rule.id, outcome, why: reasonsFor(outcome, one, subject), alert }
      })
    },
    counts: () => counts,
    status: windows.status,
  }
}

/** The rules whose filter can hold for a subject, by its `event_type`. */
function createChoice(rules: readonly CompiledRule[]): (subject: Subject) => readonly CompiledRule[] {
  const kinds = new Set(rules.flatMap((one) => [...(one.kinds ?? [])]))
  const choose = (kind: string | null) =>
    rules.filter((one) => one.kinds === null || (kind !== null && one.kinds.has(kind)))
  const byKind = new Map([...kinds].map((kind) => [kind, choose(kind)]))
  const others = choose(null)
  return ({ fields }) => byKind.get(String(fields.get("event_type"))) ?? others
}

function outcomeOf(one: CompiledRule, subject: Subject, windows: Windows): Outcome {
  const { rule, filter } = one
  const { fields } = subject
  const { at } = subject.observation
  if (!filter.matches(fields)) return "no match"
  if (suppressionOf(one, subject) !== undefined) return "suppressed"
  const { distinct, count } = rule.threshold
  const value = distinct === null ? null : distinctValue(fields, distinct)
  // An event without the value is none of the different ones.
  if (distinct !== null && value === null) return "counted"
  return windows.step({ key: one.keyOf(subject), at, value, windowMs: rule.windowMs, count })
}

function suppressionOf({ suppressions }: CompiledRule, { observation: { at }, fields }: Subject) {
  return suppressions.find(({ filter, until }) => (until === null || at < until) && filter.matches(fields))
}

function reasonsFor(outcome: Outcome, one: CompiledRule, subject: Subject): readonly string[] {
  switch (outcome) {
    case "no match":
      return one.filter.whyNot(subject.fields)
    case "suppressed":
      return [suppressionOf(one, subject)?.reason ?? ""]
    case "counted":
      return [`fewer than ${one.rule.threshold.count} in the window`]
    case "aggregated":
      return ["an alert of this window stands for it"]
    case "off":
      return ["the rule is turned off"]
    case "raised":
      return []
  }
}
