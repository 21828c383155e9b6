import type { Alert, AlertId, EventObservation, RuleId } from "../../core/index.ts"
import type { RulePolicy } from "../policy/rule-policy.ts"
import { createTaking } from "../policy/taking.ts"
import { alertOfEvent } from "./alert.ts"
import { type CompiledRule, compileEventRule, distinctValue } from "./compiled-rule.ts"
import type { EventRule } from "./event-rule.ts"
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

/** Holds events against rules; at most one alert per rule, key and window. */
export interface EventEvaluator {
  look(event: EventObservation): readonly Alert[]
  /** As `look`, but tells of every rule what became of the event; it counts as looked at. */
  judge(event: EventObservation): readonly Judgement[]
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
  const windows = createWindows(options.budget)
  const counts = new Map<RuleId, Counts>(
    running.map(({ rule }) => [rule.id, { raised: 0, counted: 0, aggregated: 0, suppressed: 0 }]),
  )

  const judgeOne = (one: CompiledRule, event: EventObservation): Outcome => {
    if (takenFrom(event)?.some(({ rules: away }) => away.has(one.rule.id)) === true) return "off"
    const outcome = outcomeOf(one, event, windows)
    const known = counts.get(one.rule.id)
    if (known !== undefined && outcome !== "no match" && outcome !== "off") known[outcome]++
    return outcome
  }

  return {
    look: (event) => {
      const alerts: Alert[] = []
      for (const one of running)
        if (judgeOne(one, event) === "raised") alerts.push(alertOfEvent(one, event, ids.alert()))
      return alerts
    },
    judge: (event) =>
      compiled.map((one) => {
        const outcome = one.rule.enabled ? judgeOne(one, event) : "off"
        const alert = outcome === "raised" ? alertOfEvent(one, event, ids.alert()) : null
        return { rule: one.rule.id, outcome, why: reasonsFor(outcome, one, event), alert }
      }),
    counts: () => counts,
    status: windows.status,
  }
}

function outcomeOf(one: CompiledRule, event: EventObservation, windows: Windows): Outcome {
  const { rule, filter } = one
  const { fields, at } = event
  if (!filter.matches(fields)) return "no match"
  if (suppressionOf(one, event) !== undefined) return "suppressed"
  const { distinct, count } = rule.threshold
  const value = distinct === null ? null : distinctValue(fields, distinct)
  // An event without the value is none of the different ones.
  if (distinct !== null && value === null) return "counted"
  return windows.step({ key: one.keyOf(event), at, value, windowMs: rule.windowMs, count })
}

function suppressionOf({ suppressions }: CompiledRule, { fields, at }: EventObservation) {
  return suppressions.find(({ filter, until }) => (until === null || at < until) && filter.matches(fields))
}

function reasonsFor(outcome: Outcome, one: CompiledRule, event: EventObservation): readonly string[] {
  switch (outcome) {
    case "no match":
      return one.filter.whyNot(event.fields)
    case "suppressed":
      return [suppressionOf(one, event)?.reason ?? ""]
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
