import { alertFields, durationInWords } from "../core/index.ts"
import { alertFilterOf } from "./alert-filter.ts"
import type { IntentRule, Join, Vulnerable } from "./intent-rule.ts"
import type { Criteria, StageFilter } from "./stage-filter.ts"

const subjects: Readonly<Record<Join, string>> = {
  source: "one attacker goes",
  node: "one node goes",
  adjacent: "an attack goes from node to adjacent node",
  everywhere: "anybody anywhere goes",
}

/** The rule as an English sentence. */
export function sentenceOf(rule: IntentRule): string {
  const { stages, startsAt, order, opensAt, windowMs, title, join, unless, vulnerable } = rule
  const told = stages.map(stageSentence)
  const chain = order === "ordered" ? told.join(", then ") : `${listed(told, "and")}, in any order,`
  const start = order === "ordered" && stages.length > 1 && startsAt === "any" ? ", entered at any of them," : ""
  const silence = `with no more than ${durationInWords(windowMs)} from one alert to the next`
  const where = vulnerable === null ? "" : `, on a node with ${vulnerableOf(vulnerable)}`
  const except =
    unless === null
      ? ""
      : `, unless followed by ${unless.name} (${criteriaOf(unless)}${foundBy(unless.from)}) within ${durationInWords(unless.withinMs)}`
  const opens = `open "${title}" at ${opensAt} of ${stages.length} ${stages.length === 1 ? "stage" : "stages"}`
  return `When ${subjects[join]} through ${chain}${start} ${silence}${where}${except}, ${opens}.`
}

function stageSentence(stage: StageFilter): string {
  const { name, from, to } = stage
  const leads = to === null || to === from ? "" : `, leading on by the ${labelOf(to)}`
  return `${name} (${criteriaOf(stage)}${timesOf(stage)}${foundBy(from)}${leads})`
}

function timesOf({ count, distinct, withinMs }: StageFilter): string {
  if (count === 1) return ""
  const within = withinMs === null ? "" : ` within ${durationInWords(withinMs)}`
  return distinct === null
    ? `, ${count} times${within}`
    : `, with ${count} different values of the ${labelOf(distinct)}${within}`
}

const foundBy = (from: StageFilter["from"]) => (from === null ? "" : `, found by the ${labelOf(from)}`)
const labelOf = (field: NonNullable<StageFilter["from"]>) => alertFields.get(field)?.label ?? field

function vulnerableOf({ minSeverity, count, ids, knownExploited, minEpss }: Vulnerable): string {
  const which = ids.length === 0 ? "" : ` ${listed(ids, "or")}`
  const many = count === 1 ? `a known vulnerability${which}` : `${count} known vulnerabilities${which && ` of${which}`}`
  const grave = minSeverity === "info" ? [] : [`of ${minSeverity} severity or more`]
  const exploited = knownExploited ? ["exploited in the wild"] : []
  const likely =
    minEpss === 0 ? [] : [`with a chance of ${Number((minEpss * 100).toFixed(2))} % or more to be exploited (EPSS)`]
  return [many, ...grave, ...exploited, ...likely].join(" ")
}

const anyAlert = "any alert"

/** What a stage asks of an alert: "intent reconnaissance", "classtype a or b, of high severity or more". */
export function criteriaOf({ intents, classtypes, tactics, techniques, rules, minSeverity, filter }: Criteria): string {
  const named: readonly (readonly [string, readonly string[]])[] = [
    ["intent", intents],
    ["classtype", classtypes],
    ["tactic", tactics],
    ["technique", techniques],
    ["rule", rules],
  ]
  const parts = named
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name} ${listed(values, "or")}`)
  const grave = minSeverity === "info" ? [] : [`of ${minSeverity} severity or more`]
  const filtered = filter === null ? [] : [`where ${alertFilterOf(filter).sentence}`]
  const all = [...parts, ...grave, ...filtered]
  return all.length === 0 ? anyAlert : all.join(", ")
}

/** As `criteriaOf`, behind "alerts": " with intent reconnaissance", " of high severity or more", " where …"; nothing for any alert. */
export function withCriteria(criteria: Criteria): string {
  const told = criteriaOf(criteria)
  if (told === anyAlert) return ""
  return /^(?:where|of) /.test(told) ? ` ${told}` : ` with ${told}`
}

export function listed(values: readonly string[], word: "and" | "or"): string {
  const last = values.at(-1) ?? ""
  return values.length < 2 ? last : `${values.slice(0, -1).join(", ")} ${word} ${last}`
}
