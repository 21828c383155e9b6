import { endedAs } from "../countermeasure.ts"
import type { Parts } from "../parts.ts"

/** Ends what is past its time. */
export function createExpire({ wanted, commit, deps }: Parts): () => Promise<void> {
  return async () => {
    const at = deps.clock.now()
    const over = wanted.overdue().map((one) => endedAs(one, { reason: "expired", by: "system", at }))
    if (over.length > 0) await commit({ countermeasures: over })
  }
}
