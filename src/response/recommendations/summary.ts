import {
  compareSeverity,
  type Proposal,
  proposalTarget,
  type Recommendation,
  type RecommendationHead,
} from "../../core/index.ts"

/** The row that stands for these pending proposals of one policy; undefined for none. */
export function summaryOf(head: RecommendationHead, pending: readonly Proposal[]): Recommendation | undefined {
  const [first] = pending
  if (first === undefined) return undefined
  const nodeIds = new Set(pending.map(({ node }) => node?.id ?? null))
  return {
    ...head,
    action: first.action,
    pending: pending.length,
    held: pending.filter(({ held }) => held !== null).length,
    target: same(pending.map(proposalTarget)),
    source: same(pending.map(({ source }) => source)),
    node: nodeIds.size === 1 ? first.node : null,
    severity: pending
      .map(({ severity }) => severity)
      .reduce((one, other) => (compareSeverity(one, other) < 0 ? other : one)),
    minCount: least(pending.map(({ count }) => count)),
    maxCount: most(pending.map(({ count }) => count)),
    threshold: first.threshold,
    windowMs: first.windowMs,
    firstAt: least(pending.map(({ firstAt }) => firstAt)),
    latestAt: most(pending.map(({ latestAt }) => latestAt)),
    expiresAt: least(pending.map(({ expiresAt }) => expiresAt)),
  }
}

function same<T extends string>(values: readonly (T | null)[]): T | null {
  const [first = null] = values
  return values.every((value) => value === first) ? first : null
}

const least = (values: readonly number[]) => values.reduce((one, other) => Math.min(one, other))
const most = (values: readonly number[]) => values.reduce((one, other) => Math.max(one, other))
