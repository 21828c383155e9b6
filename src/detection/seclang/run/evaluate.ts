import type { Hit } from "../operators/operator.ts"
import { mayMatch } from "../prefilter/prefilter.ts"
import type { Rule, RuleTest, Sieve, Target } from "../rule.ts"
import { afterStep, type Chain, formOf, isAltered, type Step } from "./chain.ts"
import { type Form, scanOf } from "./form.ts"
import { type RemovedTarget, removedTargetsOf } from "./removals.ts"
import { createSelection, emptySelection, type Selection, scanOfSelection } from "./selection.ts"
import { noScore, type Sighting, type Transaction } from "./transaction.ts"
import { createValue, rawForm, type Value } from "./value.ts"

/** Runs a rule with its chain; true when all of it matched. What it does, it does to the transaction. */
export function evaluate(transaction: Transaction, rule: Rule): boolean {
  if (transaction.matches.length > 0) transaction.matches = []
  if (transaction.added.any) transaction.added = noScore()
  transaction.rule = rule
  return runLink(rule, transaction)
}

function runLink(rule: Rule, transaction: Transaction): boolean {
  if (rule.test === null) runActions(rule, transaction)
  else if (!runTest(rule, rule.test, transaction)) return false
  if (rule.next !== null && !runLink(rule.next, transaction)) return false
  for (const effect of rule.afterMatch) effect(transaction)
  return true
}

function runTest(rule: Rule, test: RuleTest, transaction: Transaction): boolean {
  const { removals } = transaction
  let matched = false
  for (const target of test.targets) {
    const removed = removals.variables.has(target.variable) ? removedTargetsOf(rule, removals) : nothingRemoved
    if (target.only !== null && removed.length === 0) {
      if (tryOnly(rule, target, transaction)) matched = true
      continue
    }
    const selection = removed.length === 0 ? target.select(transaction) : without(removed, target, transaction)
    if (target.count) {
      const count = createValue("", String(selection.values.length))
      if (tryValue({ rule, test, name: target.text, sieve: null }, count, transaction)) matched = true
      continue
    }
    if (selection.values.length === 0) continue
    const sieve = target.changing ? null : test.sieve
    if (sieve !== null && !mayMatch(sieve.filter, scanOfSelection(selection, test.way, sieve.prefilter))) continue
    if (tryValues({ rule, test, name: target.name, sieve }, selection.values, transaction)) matched = true
  }
  return matched
}

/** A single value that comes as a text: most are compared with a number and lead nowhere. */
function tryOnly(rule: Rule, { only, count, name, text: written }: Target, transaction: Transaction): boolean {
  const { test } = rule
  const text = only?.text(transaction)
  if (test === null || only === null || text === undefined) return false
  const { operator, negated, chain } = test
  if (chain === null && !rule.capture && operator.holds !== undefined) {
    if (operator.holds(text, transaction) === negated) return false
    const sighting = {
      name: count ? written : name,
      value: createValue(only.key, text),
      form: text,
      hit: undefined,
      chain,
    }
    if (rule.leavesTrace) transaction.matches.push(sighting)
    runActions(rule, transaction)
    return true
  }
  const trial = { rule, test, name: count ? written : name, sieve: null }
  return tryValue(trial, createValue(only.key, text), transaction)
}

const nothingRemoved: readonly RemovedTarget[] = []

function without(removed: readonly RemovedTarget[], target: Target, transaction: Transaction): Selection {
  const relevant = removed.filter(({ variable }) => variable === target.variable)
  const selection = target.select(transaction)
  if (relevant.length === 0) return selection
  if (relevant.some(({ member }) => member === null)) return emptySelection
  const isRemoved = ({ key }: Value) => relevant.some(({ member }) => member === null || member(key))
  return createSelection(selection.values.filter((value) => !isRemoved(value)))
}

interface Trial {
  readonly rule: Rule
  readonly test: RuleTest
  /** The variable's. */
  readonly name: string
  readonly sieve: Sieve | null
}

function tryValues(trial: Trial, values: readonly Value[], transaction: Transaction): boolean {
  let matched = false
  for (const value of values) if (tryValue(trial, value, transaction)) matched = true
  return matched
}

function tryValue(trial: Trial, value: Value, transaction: Transaction): boolean {
  const { chain, multiMatch } = trial.test
  if (!multiMatch)
    return isHarmless(value, chain, trial.sieve) ? false : tryForm(trial, value, formOf(value, chain), transaction)
  let form = rawForm(value)
  let matched = tryForm(trial, value, form, transaction)
  for (const step of chain?.steps ?? noSteps) {
    const next = afterStep(form, step)
    if (next !== form && tryForm(trial, value, next, transaction)) matched = true
    form = next
  }
  return matched
}

const noSteps: readonly Step[] = []

/** Nothing that the operator needs is in it, and the chain brings none: it need not even be taken through the chain. */
function isHarmless(value: Value, chain: Chain | null, sieve: Sieve | null): boolean {
  if (sieve === null) return false
  const raw = rawForm(value)
  const scan = scanOf(raw, sieve.prefilter)
  return !mayMatch(sieve.filter, scan) && (chain === null || !isAltered(scan.groups, raw.text.length, chain))
}

// Four parameters, since it is called for each value and rule: an object for two of them would be most of what a request leaves behind.
function tryForm(trial: Trial, value: Value, form: Form, transaction: Transaction): boolean {
  const { sieve } = trial
  if (sieve !== null && !mayMatch(sieve.filter, scanOf(form, sieve.prefilter))) return false
  const { operator, negated } = trial.test
  // Operators with a sieve look at nothing but the text.
  if (sieve !== null && form.missed?.has(operator)) return false
  const hit = operator.find(form.text, transaction)
  if ((hit === undefined) !== negated) {
    if (sieve !== null) form.missed?.add(operator)
    return false
  }
  if (trial.rule.leavesTrace)
    note(trial, { name: trial.name, value, form: form.text, hit, chain: trial.test.chain }, transaction)
  runActions(trial.rule, transaction)
  return true
}

/** Remembers a match, for rules behind it in the chain and as evidence. */
function note({ rule }: Trial, sighting: Sighting, transaction: Transaction): void {
  transaction.matches.push(sighting)
  if (rule.capture && sighting.hit !== undefined) capture(sighting.hit, transaction)
}

/** TX:0 is the whole match, TX:1 to TX:9 its groups; those of an earlier match go. */
function capture({ groups }: Hit, transaction: Transaction): void {
  const { tx, captured } = transaction
  const count = Math.min(groups.length, captureNames.length)
  for (let index = 0; index < count; index++) tx.set(captureNames[index] ?? "", groups[index] ?? "")
  for (let index = count; index < captured; index++) tx.delete(captureNames[index] ?? "")
  transaction.captured = count
}

const captureNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]

function runActions(rule: Rule, transaction: Transaction): void {
  for (const effect of rule.atMatch) effect(transaction)
  if (rule.severity !== null && rule.severity < transaction.highestSeverity) transaction.highestSeverity = rule.severity
}
