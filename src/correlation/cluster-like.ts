import { type Alert, ruleId } from "../core/index.ts"
import { type ClusterRule, clusterRule } from "./cluster-rule.ts"

/** A clustering rule for alerts like this one: of the same kind, found by one of the same rules, on the same kind of node, from one attacker. */
export function clusterRuleLike(
  alert: Alert,
  given: { readonly id: string } & Partial<Omit<ClusterRule, "id">>,
): ClusterRule {
  const { classtype, intent, node, contributions, title } = alert
  return clusterRule.parse({
    // The classtype of the new alert must be one, and tells them apart.
    name: `${classtype.slice(0, 92)}-cluster`,
    title: `Several alerts like "${title.slice(0, 160)}"`,
    classtypes: [classtype],
    intents: [intent],
    rules: [...new Set(contributions.map(({ rule }) => rule))].slice(0, 1000),
    scope: node.kind === "container" && node.image !== undefined ? "image" : scopeOf(node.kind),
    groupBy: ["attacker"],
    ...given,
    id: ruleId.parse(given.id),
  })
}

const scopeOf = (kind: Alert["node"]["kind"]): ClusterRule["scope"] => (kind === "vm" ? "host" : kind)
