import { type Json, record, records, text } from "../aws/json.ts"
import type { Family } from "../ranges.ts"
import type { AwsWafSettings } from "./config.ts"
import type { Names } from "./names.ts"

export interface SetReference {
  readonly family: Family
  readonly arn: string
}

export type RuleSettings = Pick<AwsWafSettings, "action" | "priority" | "forwardedHeader">

const families = [4, 6] as const
const actions = {
  block: { Block: {} },
  captcha: { Captcha: {} },
  challenge: { Challenge: {} },
  count: { Count: {} },
} as const
const positions = { first: "FIRST", last: "LAST", any: "ANY" } as const
const fallbacks = { match: "MATCH", "no-match": "NO_MATCH" } as const

/** The web ACL's rules with ours among them as they shall be: one for each family that has sets. What is not ours is the same object. */
export function rulesWith(
  rules: readonly Json[],
  sets: readonly SetReference[],
  { names, settings }: { readonly names: Names; readonly settings: RuleSettings },
): readonly Json[] {
  const isOurs = (rule: Json) => families.some((family) => names.ruleName(family) === rule.Name)
  const taken = new Set(rules.filter((rule) => !isOurs(rule)).map(({ Priority }) => Priority))
  const ours = new Map<unknown, Json>()
  let priority = settings.priority
  for (const family of families) {
    // Kept free for a family that has no sets yet, so that the other's place does not depend on it.
    while (taken.has(priority)) priority++
    taken.add(priority)
    const references = sets.filter((set) => set.family === family)
    if (references.length === 0) continue
    const Name = names.ruleName(family)
    ours.set(Name, {
      VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: Name },
      // What somebody set on our rule beside what makes it ours, such as labels, stays.
      ...rules.find((rule) => rule.Name === Name),
      Name,
      Priority: priority,
      Statement: statementOf(references, settings),
      Action: actions[settings.action],
    })
  }
  const kept = rules.flatMap((rule): readonly Json[] => {
    if (!isOurs(rule)) return [rule]
    const own = ours.get(rule.Name)
    ours.delete(rule.Name)
    return own === undefined ? [] : [own]
  })
  return [...kept, ...ours.values()]
}

function statementOf(sets: readonly SetReference[], { forwardedHeader }: RuleSettings): Json {
  const statements = sets.map(({ arn }) => ({
    IPSetReferenceStatement: {
      ARN: arn,
      ...(forwardedHeader === null
        ? {}
        : {
            IPSetForwardedIPConfig: {
              HeaderName: forwardedHeader.name,
              FallbackBehavior: fallbacks[forwardedHeader.fallback],
              Position: positions[forwardedHeader.position],
            },
          }),
    },
  }))
  // An OR of one is refused.
  return statements.length === 1 ? record(statements[0]) : { OrStatement: { Statements: statements } }
}

/** The ARNs of the sets that our rules look at, as far as a rule does what it shall. */
export function setsInForce(
  rules: readonly Json[],
  { names, settings }: { readonly names: Names; readonly settings: RuleSettings },
): ReadonlySet<string> {
  const inForce = new Set<string>()
  for (const family of families) {
    const rule = rules.find(({ Name }) => Name === names.ruleName(family))
    if (rule === undefined) continue
    const referred = referencesIn(record(rule.Statement))
    // With the sets it has, it has to be exactly what we would write: its action, its place, its header.
    const [wanted] = rulesWith(
      rules,
      referred.map((arn) => ({ family, arn })),
      { names, settings },
    ).filter(({ Name }) => Name === rule.Name)
    if (wanted !== undefined && sameRule(rule, wanted)) for (const arn of referred) inForce.add(arn)
  }
  return inForce
}

/** Equal in what decides. */
function sameRule(rule: Json, wanted: Json): boolean {
  return (["Priority", "Statement", "Action"] as const).every((key) => sameJson(rule[key], wanted[key]))
}

export function sameRules(one: readonly Json[], other: readonly Json[]): boolean {
  return (
    one.length === other.length && one.every((rule, index) => rule === other[index] || sameJson(rule, other[index]))
  )
}

/** Rules that decide before ours and let requests pass: whoever matches them is not held back. */
export function letsPassBefore(rules: readonly Json[], names: Names): readonly string[] {
  const own = rules.filter(({ Name }) => families.some((family) => names.ruleName(family) === Name))
  const first = Math.min(...own.map(({ Priority }) => Number(Priority)))
  return rules
    .filter(({ Priority, Action }) => Number(Priority) < first && "Allow" in record(Action))
    .map(({ Name }) => text(Name))
}

/** A rule that has one of our names and looks at something that is not ours. */
export function foreignUnderOurName(rules: readonly Json[], names: Names): string | undefined {
  const foreign = rules.find(
    (rule) =>
      families.some((family) => names.ruleName(family) === rule.Name) &&
      (referencesIn(record(rule.Statement)).length === 0 ||
        referencesIn(record(rule.Statement)).some(
          (arn) => names.placeOfSet(arn.split("/").at(-2) ?? "") === undefined,
        )),
  )
  return foreign === undefined ? undefined : text(foreign.Name)
}

function referencesIn(statement: Json): readonly string[] {
  if ("OrStatement" in statement) return records(record(statement.OrStatement).Statements).flatMap(referencesIn)
  const { ARN } = record(statement.IPSetReferenceStatement)
  return typeof ARN === "string" ? [ARN] : []
}

/** Equal whatever the order of keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => sameJson(item, other[index]))
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null || Array.isArray(one))
    return one === other
  const [left, right] = [record(one), record(other)]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => sameJson(left[key], right[key]))
}
