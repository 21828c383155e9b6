import { compareSeverity, type Severity } from "../../core/index.ts"
import type { MatchedRule, Transaction } from "../seclang/run/transaction.ts"

/** The Core Rule Set's score of a severity, from 0 (emergency) to 7 (debug). */
const scores: readonly number[] = [5, 5, 5, 4, 3, 2, 0, 0]
/** CRITICAL is the gravest that web rules give; what is worse than an attack is decided by what the attack is. */
const graveness: readonly Severity[] = ["critical", "critical", "high", "high", "medium", "low", "info", "info"]

export const severityOf = (severity: number | null): Severity => graveness[severity ?? 7] ?? "info"

export function gravest(severities: readonly Severity[]): Severity {
  return severities.reduce<Severity>((worst, one) => (compareSeverity(one, worst) > 0 ? one : worst), "info")
}

export interface Thresholds {
  /** What the request must reach, unless the rules set tx.inbound_anomaly_score_threshold. */
  readonly inbound: number
  /** What the response must reach, unless the rules set tx.outbound_anomaly_score_threshold. */
  readonly outbound: number
}

/** The Core Rule Set's defaults: one critical rule, or one error in the response. */
export const defaultThresholds: Thresholds = { inbound: 5, outbound: 4 }

export interface RuleScore {
  readonly inbound: number
  readonly outbound: number
}

/**
 * What a matching rule adds. Where its own `setvar`s count (as in the Core Rule Set), that is what they added, up to the
 * blocking paranoia level; where it has none, its severity counts, once.
 */
export function scoreOf({ rule, phase, added }: MatchedRule, transaction: Transaction): RuleScore {
  if (rule.addsScore) {
    const level = blockingLevel(transaction)
    const upTo = (sums: readonly number[] = []) => sums.slice(0, level).reduce((total, points) => total + points, 0)
    return { inbound: upTo(added?.inbound), outbound: upTo(added?.outbound) }
  }
  const points = scores[rule.severity ?? 7] ?? 0
  return phase <= 2 ? { inbound: points, outbound: 0 } : { inbound: 0, outbound: points }
}

function blockingLevel({ tx }: Transaction): number {
  return numberOf(tx.get("blocking_paranoia_level") ?? tx.get("paranoia_level")) ?? Number.POSITIVE_INFINITY
}

/** Those of the rules, where they set any. */
export function thresholdsOf({ tx }: Transaction, given: Thresholds): Thresholds {
  return {
    inbound: numberOf(tx.get("inbound_anomaly_score_threshold")) ?? given.inbound,
    outbound: numberOf(tx.get("outbound_anomaly_score_threshold")) ?? given.outbound,
  }
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text ?? "")
  return text === undefined || text === "" || !(number > 0) ? undefined : number
}
