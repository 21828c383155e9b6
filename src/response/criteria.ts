import { type Intent, type Policy, tactics } from "../core/index.ts"

/** "10 High incidents with tactic Command and Control and at least 3 stages": what a policy counts. */
export function criteriaInWords({ on, severity, count }: Policy): string {
  const grave = severity === "info" ? "" : `${capitalised(severity)} `
  const things = `${count.toLocaleString("en")} ${grave}${on.kind}${count === 1 ? "" : "s"}`
  const rule = on.kind === "incident" && on.rule !== null ? ` of rule ${on.rule}` : ""
  const parts = [
    ...named(on),
    ...(on.kind === "incident" && on.minStages > 1 ? [`at least ${on.minStages} stages`] : []),
  ]
  return `${things}${rule}${parts.length === 0 ? "" : ` with ${parts.join(" and ")}`}`
}

function named(on: Policy["on"]): readonly string[] {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["intent", (on.intents ?? []).map(intentInWords)],
    ["classtype", on.kind === "alert" ? on.classtypes : []],
    ["tactic", (on.tactics ?? []).map((id) => tactics[id])],
    ["technique", on.techniques ?? []],
  ]
  return lists.filter(([, values]) => values.length > 0).map(([name, values]) => `${name} ${alternatives(values)}`)
}

/** "Command and Control", as tactics are written. */
function intentInWords(intent: Intent): string {
  return intent
    .split("-")
    .map((word) => (word === "and" || word === "on" ? word : capitalised(word)))
    .join(" ")
}

function alternatives(values: readonly string[]): string {
  const last = values.at(-1) ?? ""
  return values.length < 2 ? last : `${values.slice(0, -1).join(", ")} or ${last}`
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}
