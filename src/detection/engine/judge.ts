import type { Contribution, RuleId } from "../../core/index.ts"
import { classify, furthest, unclassified } from "../content/classification.ts"
import type { Rule } from "../seclang/rule.ts"
import type { MatchedRule, Transaction } from "../seclang/run/transaction.ts"
import { severityFor } from "./alert.ts"
import type { Conclusion } from "./conclusion.ts"
import { matchOf } from "./evidence.ts"
import { type RuleScore, scoreOf, severityOf, type Thresholds, thresholdsOf } from "./score.ts"

interface Scored extends RuleScore {
  readonly matched: MatchedRule
}

/**
 * Adds up what the rules matched. It is an attack when the request or the response reaches its threshold, or when a rule of the
 * set decides by itself (`deny`, `drop`, `redirect`); undefined otherwise.
 */
export function judge(transaction: Transaction, given: Thresholds): Conclusion | undefined {
  if (transaction.matched.length === 0) return undefined
  const scored = transaction.matched.map((matched): Scored => ({ matched, ...scoreOf(matched, transaction) }))
  const inbound = scored.reduce((sum, one) => sum + one.inbound, 0)
  const outbound = scored.reduce((sum, one) => sum + one.outbound, 0)
  const thresholds = thresholdsOf(transaction, given)
  const decided = transaction.matched.filter(({ rule }) => decides(rule))
  const byRequest = inbound >= thresholds.inbound
  if (!byRequest && outbound < thresholds.outbound && decided.length === 0) return undefined

  const counted = scored.filter((one) => one.inbound + one.outbound > 0)
  const listed = counted.length > 0 ? counted : scored.filter(({ matched }) => decided.includes(matched))
  const contributions = listed.map(contributionOf)
  const classification = classificationOf(listed)
  return {
    classification,
    severity: severityFor(classification, contributions),
    score: inbound + outbound,
    threshold: byRequest || outbound < thresholds.outbound ? thresholds.inbound : thresholds.outbound,
    contributions,
  }
}

const decides = ({ disruption }: Rule) =>
  disruption === "deny" || disruption === "drop" || disruption === "redirect" || disruption === "proxy"

/** The furthest intent of all that contributed; of equals, that of the highest score. */
function classificationOf(listed: readonly Scored[]) {
  const byScore = [...listed].sort((one, other) => other.inbound + other.outbound - one.inbound - one.outbound)
  return furthest(byScore.flatMap(({ matched }) => classify(matched.rule.tags) ?? [])) ?? unclassified
}

function contributionOf({ matched: { rule, message, matches }, inbound, outbound }: Scored): Contribution {
  return {
    // The cast holds: a number is a rule's id.
    rule: String(rule.id) as RuleId,
    message: message === "" ? rule.message : message,
    severity: severityOf(rule.severity),
    score: inbound + outbound,
    tags: rule.tags,
    matches: matches.map(matchOf),
  }
}
