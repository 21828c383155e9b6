import { durationInWords } from "../core/index.ts"
import type { IntentRule, StageFilter } from "./intent-rule.ts"

/** The rule as an English sentence. */
export function sentenceOf(rule: IntentRule): string {
  const { stages, startsAt, opensAt, windowMs, title } = rule
  const chain = stages.map((stage) => `${stage.name} (${criteriaOf(stage)})`).join(", then ")
  const start = stages.length > 1 && startsAt === "any" ? ", entered at any of them," : ""
  return `When one attacker goes through ${chain}${start} with no more than ${durationInWords(windowMs)} from one alert to the next, open "${title}" at ${opensAt} of ${stages.length} ${stages.length === 1 ? "stage" : "stages"}.`
}

/** What a stage asks of an alert: "intent reconnaissance", "classtype a or b, of high severity or more". */
export function criteriaOf({ intents, classtypes, tactics, techniques, minSeverity }: StageFilter): string {
  const named: readonly (readonly [string, readonly string[]])[] = [
    ["intent", intents],
    ["classtype", classtypes],
    ["tactic", tactics],
    ["technique", techniques],
  ]
  const parts = named
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name} ${alternatives(values)}`)
  const grave = minSeverity === "info" ? [] : [`of ${minSeverity} severity or more`]
  const all = [...parts, ...grave]
  return all.length === 0 ? "any alert" : all.join(", ")
}

function alternatives(values: readonly string[]): string {
  const last = values.at(-1) ?? ""
  return values.length < 2 ? last : `${values.slice(0, -1).join(", ")} or ${last}`
}
