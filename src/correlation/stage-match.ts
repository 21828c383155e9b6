import { type Alert, severities } from "../core/index.ts"
import type { IntentRule, StageFilter } from "./intent-rule.ts"

/** Tells which stages of a rule an alert belongs to, the later first; empty for none. */
export type StageMatch = (alert: Alert) => readonly number[]

export function compileStages({ stages }: IntentRule): StageMatch {
  const tests = stages.map((stage, index) => ({ test: compile(stage), alone: [index] })).reverse()
  return (alert) => {
    // Most alerts are one stage or none; those share one list, since each of many sightings keeps it.
    let found: readonly number[] = none
    for (const { test, alone } of tests) if (test(alert)) found = found.length === 0 ? alone : [...found, ...alone]
    return found
  }
}

const none: readonly number[] = []

function compile({ intents, classtypes, tactics, techniques, minSeverity }: StageFilter): (alert: Alert) => boolean {
  const wanted = {
    intents: set(intents),
    classtypes: set(classtypes),
    tactics: set(tactics),
    techniques: set(techniques),
  }
  const grave = new Set<string>(severities.slice(severities.indexOf(minSeverity)))
  return ({ intent, classtype, tactic, technique, severity }) =>
    (wanted.intents?.has(intent) ?? true) &&
    (wanted.classtypes?.has(classtype) ?? true) &&
    (wanted.tactics?.has(tactic ?? "") ?? true) &&
    (wanted.techniques?.has(technique ?? "") ?? true) &&
    grave.has(severity)
}

function set(values: readonly string[]): ReadonlySet<string> | undefined {
  return values.length === 0 ? undefined : new Set(values)
}
