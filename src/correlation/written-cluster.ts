import { durationInWords } from "../core/index.ts"
import type { ClusterRule } from "./cluster-rule.ts"

/** The rule as a file that a person can go on with: what tells which alerts are meant, and what is mostly changed. */
export function writtenCluster({ windowMs, ...rule }: ClusterRule): string {
  const { id, name, title, classtypes, intents, rules, scope, groupBy, count } = rule
  const shown = {
    id,
    name,
    title,
    classtypes,
    intents,
    rules,
    scope,
    groupBy,
    count,
    window: durationInWords(windowMs),
  }
  // JSON is YAML, whatever characters an attacker or a rule set put there.
  const lines = Object.entries(shown).map(
    ([key, value], index) =>
      `${index === 0 ? "  - " : "    "}${key}: ${Array.isArray(value) ? listed(value) : inYaml(value)}`,
  )
  return ["clusters:", ...lines, ""].join("\n")
}

// Of these YAML makes the same text; not of `null`, `true` and the like, which are no ids here.
const plain = /^[a-z]+(?:[/-][a-z0-9-]+)+$/
const inYaml = (value: unknown) =>
  typeof value === "string" && plain.test(value) ? value : JSON.stringify(value).replaceAll("\u2028", "\\u2028")
const listed = (values: readonly unknown[]) => `[${values.map(inYaml).join(", ")}]`
