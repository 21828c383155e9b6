import type { PolicyId, Proposal } from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import { auditOf, type Parts } from "../parts.ts"
import { leaving, resolved } from "./resolve.ts"

/** What nobody decided in time goes; the audit log has how many, of which policy. */
export function expiredProposals({
  book,
  deps,
}: Pick<Parts, "book" | "deps">): Pick<Changes, "proposals" | "removedRecommendations" | "audit"> {
  const now = deps.clock.now()
  const over = book.pending().filter(({ expiresAt }) => expiresAt <= now)
  if (over.length === 0) return {}
  const byPolicy = new Map<PolicyId, Proposal[]>()
  for (const one of over) byPolicy.set(one.policy, [...(byPolicy.get(one.policy) ?? []), one])
  const why = "nobody decided in time"
  return {
    ...leaving(
      book,
      over.map((one) => resolved(one, { state: "expired", by: "system", why }, deps)),
    ),
    audit: [...byPolicy].map(([policy, proposals]) =>
      auditOf(
        deps,
        { who: "system", from: null },
        {
          action: "proposals expired",
          subject: `policy:${policy}`,
          before: { pending: proposals.length },
          after: { why },
        },
      ),
    ),
  }
}
