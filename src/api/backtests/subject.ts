import type { z } from "zod"
import { formatDiagnostic } from "../../core/index.ts"
import { createCorrelator, type IntentRule, parseIntentRules } from "../../correlation/index.ts"
import type { BacktestRequest, RuleSubject } from "../../response/index.ts"
import type { newBacktest } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { ApiDeps } from "../services.ts"

type Subject = Pick<BacktestRequest, "policies" | "of" | "correlate">
type Asked = z.output<typeof newBacktest>

/** What is looked back on, from what was asked; throws 404 for what the server does not have and 400 for rules with mistakes. */
export async function subjectOf(
  { policy, policies, rule, intentRules, given }: Asked,
  { store, rules, intentRules: ownIntentRules }: Pick<ApiDeps, "store" | "rules" | "intentRules">,
): Promise<Subject> {
  if (policies !== undefined) return { policies }
  const stored = await store.policies()
  if (policy !== undefined) {
    const found = stored.filter(({ id }) => id === policy)
    if (found.length === 0) throw new Refusal(404, "NOT_FOUND", `there is no policy ${policy}`)
    return { policies: found }
  }
  if (intentRules !== undefined) return { policies: stored, ...recognisedBy(parsed(intentRules)) }
  if (given !== undefined) return { policies: stored, of: raisedBy(given.rules, given.alerts) }
  const id = rule ?? ""
  const intentRule = ownIntentRules.filter((one) => one.id === id)
  if (intentRule.length > 0) return { policies: stored, ...recognisedBy(intentRule) }
  // Throws for one that there is not.
  await rules.one(id)
  return { policies: stored, of: raisedBy([id], []) }
}

function raisedBy(rules: readonly string[], given: RuleSubject["given"]): RuleSubject {
  return { kind: "detection", rules: new Set(rules), given }
}

function recognisedBy(rules: readonly IntentRule[]): Pick<Subject, "of" | "correlate"> {
  const enabled = rules.map((rule) => ({ ...rule, enabled: true }))
  return {
    of: { kind: "correlation", rules: new Set(rules.map(({ id }) => id)), given: [] },
    correlate: () => createCorrelator(enabled),
  }
}

function parsed(text: string): readonly IntentRule[] {
  const result = parseIntentRules(text, "intentRules")
  if (result.kind === "ok") return result.value
  throw new Refusal(
    400,
    "INVALID",
    `the intent rules have mistakes: ${result.diagnostics.map(formatDiagnostic).join("; ")}`,
  )
}
