import type { Latin1 } from "../../../core/index.ts"
import type { Hit } from "../operators/operator.ts"
import type { Rule, RuleTest, Target } from "../rule.ts"
import { formOf, formsOf } from "./chain.ts"
import { type RemovedTarget, removedTargetsOf } from "./removals.ts"
import { noScore, type Transaction } from "./transaction.ts"
import { createValue, type Value } from "./value.ts"

// Matches of one rule that are kept as evidence; all of them run its actions.
const maxEvidence = 20

/** Runs a rule with its chain; true when all of it matched. What it does, it does to the transaction. */
export function evaluate(rule: Rule, transaction: Transaction): boolean {
  if (transaction.matchedValues.length > 0) transaction.matchedValues = []
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
  const removed = removals.any ? removedTargetsOf(rule, removals) : nothingRemoved
  let matched = false
  for (const target of test.targets) {
    const values = removed.length === 0 ? target.valuesOf(transaction) : without(removed, target, transaction)
    if (target.count) {
      if (tryValue(rule, target.text, createValue("", String(values.length)), transaction)) matched = true
      continue
    }
    for (const value of values) if (tryValue(rule, target.name, value, transaction)) matched = true
  }
  return matched
}

const nothingRemoved: readonly RemovedTarget[] = []

function without(removed: readonly RemovedTarget[], target: Target, transaction: Transaction): readonly Value[] {
  const relevant = removed.filter(({ variable }) => variable === target.variable)
  if (relevant.some(({ member }) => member === null)) return []
  return target.valuesOf(transaction).filter(({ key }) => !relevant.some(({ member }) => member?.(key)))
}

function tryValue(rule: Rule, name: string, value: Value, transaction: Transaction): boolean {
  const { test } = rule
  if (test === null) return false
  if (!test.multiMatch) return tryForm(rule, test, { name, value, form: formOf(value, test.chain) }, transaction)
  let matched = false
  for (const form of formsOf(value, test.chain))
    if (tryForm(rule, test, { name, value, form }, transaction)) matched = true
  return matched
}

interface Candidate {
  readonly name: string
  readonly value: Value
  readonly form: Latin1
}

function tryForm(rule: Rule, test: RuleTest, candidate: Candidate, transaction: Transaction): boolean {
  const hit = test.operator.find(candidate.form, transaction)
  if ((hit === undefined) !== test.negated) return false
  note(rule, candidate, hit, transaction)
  runActions(rule, transaction)
  return true
}

/** Remembers a match, for rules behind it in the chain and as evidence. */
function note(
  { test, capture: captures }: Rule,
  { name, value, form }: Candidate,
  hit: Hit | undefined,
  transaction: Transaction,
): void {
  const variable = value.key === "" ? name : `${name}:${value.key}`
  transaction.matchedValues.push(createValue(variable, form))
  if (captures && hit !== undefined) capture(hit, transaction)
  if (transaction.matches.length >= maxEvidence) return
  const { offset = 0, length = form.length } = hit ?? {}
  const chain = test?.chain ?? null
  transaction.matches.push({ variable, text: form, raw: value.text, offset, length, chain })
}

/** TX:0 is the whole match, TX:1 to TX:9 its groups; those of an earlier match go. */
function capture({ groups }: Hit, { tx }: Transaction): void {
  for (let index = 0; index < 10; index++) {
    const name = captureNames[index] ?? ""
    const group = groups[index]
    if (group !== undefined) tx.set(name, group)
    else if (index < groups.length) tx.set(name, "")
    else tx.delete(name)
  }
}

const captureNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]

function runActions(rule: Rule, transaction: Transaction): void {
  for (const effect of rule.atMatch) effect(transaction)
  if (rule.severity !== null && rule.severity < transaction.highestSeverity) transaction.highestSeverity = rule.severity
}
