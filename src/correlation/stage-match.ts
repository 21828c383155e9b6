import { type Alert, severities } from "../core/index.ts"
import { alertFilterOf } from "./alert-filter.ts"
import type { IntentRule } from "./intent-rule.ts"
import type { Criteria } from "./stage-filter.ts"

/** Tells which stages of a rule an alert belongs to, the later first; empty for none. What makes it no incident is one stage more. */
export type StageMatch = (alert: Alert) => readonly number[]

export function compileStages({ stages, unless }: IntentRule): StageMatch {
  const all: readonly Criteria[] = unless === null ? stages : [...stages, unless]
  const tests = all.map((stage, index) => ({ test: compileCriteria(stage), alone: [index] })).reverse()
  return (alert) => {
    // Most alerts are one stage or none; those share one list, since each of many sightings keeps it.
    let found: readonly number[] = none
    for (const { test, alone } of tests) if (test(alert)) found = found.length === 0 ? alone : [...found, ...alone]
    return found
  }
}

const none: readonly number[] = []

type Test = (alert: Alert) => boolean

/** Cheap questions first; those that ask nothing are left out. */
export function compileCriteria(criteria: Criteria): Test {
  const { intents, classtypes, tactics, techniques, minSeverity, rules, filter } = criteria
  const tests: Test[] = []
  if (intents.length > 0) {
    const wanted = new Set<string>(intents)
    tests.push(({ intent }) => wanted.has(intent))
  }
  if (classtypes.length > 0) {
    const wanted = new Set<string>(classtypes)
    tests.push(({ classtype }) => wanted.has(classtype))
  }
  if (tactics.length > 0) {
    const wanted = new Set<string>(tactics)
    tests.push(({ tactic }) => tactic !== null && wanted.has(tactic))
  }
  if (techniques.length > 0) tests.push(techniqueTest(techniques))
  if (minSeverity !== "info") {
    const grave = new Set<string>(severities.slice(severities.indexOf(minSeverity)))
    tests.push(({ severity }) => grave.has(severity))
  }
  if (rules.length > 0) tests.push(ruleTest(rules))
  if (filter !== null) tests.push(alertFilterOf(filter).matches)
  const [only] = tests
  if (tests.length === 1 && only !== undefined) return only
  return (alert) => {
    for (const test of tests) if (!test(alert)) return false
    return true
  }
}

/** A technique stands for its sub-techniques too. */
function techniqueTest(techniques: readonly string[]): Test {
  const wanted = new Set(techniques)
  return ({ technique }) => technique !== null && (wanted.has(technique) || wanted.has(technique.slice(0, 5)))
}

function ruleTest(rules: readonly string[]): Test {
  const whole = new Set<string>(rules.filter((rule) => !rule.endsWith("*")))
  const starts = rules.filter((rule) => rule.endsWith("*")).map((rule) => rule.slice(0, -1))
  return ({ contributions }) =>
    contributions.some(({ rule }) => whole.has(rule) || starts.some((start) => rule.startsWith(start)))
}
