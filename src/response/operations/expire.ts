import { endedAs } from "../countermeasure.ts"
import type { Parts } from "../parts.ts"
import { expiredProposals } from "../recommendations/expire.ts"

/** Ends what is past its time. */
export function createExpire(parts: Parts): () => Promise<void> {
  const { wanted, commit, deps } = parts
  return async () => {
    const at = deps.clock.now()
    const over = wanted.overdue().map((one) => endedAs(one, { reason: "expired", by: "system", at }))
    const proposals = expiredProposals(parts)
    if (over.length > 0 || proposals.proposals !== undefined) await commit({ ...proposals, countermeasures: over })
  }
}
