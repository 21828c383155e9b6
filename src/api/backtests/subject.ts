import type { z } from "zod"
import { formatDiagnostic } from "../../core/index.ts"
import { type CorrelationRules, parseCorrelationRules } from "../../correlation/index.ts"
import type { BacktestRequest, RuleSubject } from "../../response/index.ts"
import type { newBacktest } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { ApiDeps } from "../services.ts"

type Subject = Pick<BacktestRequest, "policies" | "of" | "correlate">
type Asked = z.output<typeof newBacktest>

/** What is looked back on, from what was asked; throws 404 for what the server does not have and 400 for rules with mistakes. */
export async function subjectOf(
  { policy, policies, rule, intentRules, given }: Asked,
  { store, rules, correlation }: Pick<ApiDeps, "store" | "rules" | "correlation">,
): Promise<Subject> {
  if (policies !== undefined) return { policies }
  const stored = await store.policies()
  if (policy !== undefined) {
    const found = stored.filter(({ id }) => id === policy)
    if (found.length === 0) throw new Refusal(404, "NOT_FOUND", `there is no policy ${policy}`)
    return { policies: found }
  }
  if (intentRules !== undefined) return { policies: stored, ...madeBy(parsed(intentRules), correlation) }
  if (given !== undefined) return { policies: stored, of: raisedBy(given.rules, given.alerts) }
  const id = rule ?? ""
  const own = withId(correlation.running, id)
  if (own !== undefined) return { policies: stored, ...madeBy(own, correlation) }
  // Throws for one that there is not.
  await rules.one(id)
  return { policies: stored, of: raisedBy([id], []) }
}

function raisedBy(rules: readonly string[], given: RuleSubject["given"]): RuleSubject {
  return { kind: "detection", rules: new Set(rules), given }
}

/** The rule of this id alone; undefined when none has it. */
function withId({ rules, clusters }: CorrelationRules, id: string): CorrelationRules | undefined {
  const found = { rules: rules.filter((one) => one.id === id), clusters: clusters.filter((one) => one.id === id) }
  return found.rules.length + found.clusters.length > 0 ? found : undefined
}

/**
 * By intent rules: what they recognise, in place of those that run, with the clustering rules beside them or else those that run. By
 * clustering rules alone: what comes of their alerts by the intent rules that run. Rules that are off are tried before they are turned on.
 */
function madeBy(
  { rules, clusters }: CorrelationRules,
  { running, begin }: ApiDeps["correlation"],
): Pick<Subject, "of" | "correlate"> {
  const on = <T extends object>(rule: T) => ({ ...rule, enabled: true })
  const kind = rules.length > 0 ? "correlation" : "clustering"
  const used = {
    rules: kind === "correlation" ? rules.map(on) : running.rules,
    clusters: clusters.length > 0 ? clusters.map(on) : running.clusters,
  }
  return {
    of: { kind, rules: new Set((kind === "correlation" ? rules : clusters).map(({ id }) => id)), given: [] },
    correlate: () => begin(used),
  }
}

function parsed(text: string): CorrelationRules {
  const result = parseCorrelationRules(text, "intentRules")
  if (result.kind === "ok") return result.value
  throw new Refusal(
    400,
    "INVALID",
    `the intent rules have mistakes: ${result.diagnostics.map(formatDiagnostic).join("; ")}`,
  )
}
