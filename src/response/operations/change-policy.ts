import { auditOf, type Parts } from "../parts.ts"
import type { Responder } from "../services.ts"

export function createChangePolicy({ deps, commit }: Parts): Responder["changePolicy"] {
  return async (policy, actor) => {
    const before = (await deps.store.policies()).find(({ id }) => id === policy.id) ?? null
    const change = { action: "policy", subject: `policy:${policy.id}`, before, after: policy }
    await commit({ policies: [policy], audit: [auditOf(deps, actor, change)] })
  }
}
