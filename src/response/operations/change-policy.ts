import type { Policy } from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import type { Responder } from "../services.ts"

/** Makes or changes a policy. What it proposed stays pending; what a person decided about its asking holds until its mode changes. */
export function createChangePolicy({ deps, commit }: Parts): Responder["changePolicy"] {
  return async (policy, actor) => {
    const before = (await deps.store.policies()).find(({ id }) => id === policy.id) ?? null
    const after = withStatus(policy, before)
    const change = { action: "policy", subject: `policy:${policy.id}`, before, after }
    await commit({ policies: [after], audit: [auditOf(deps, actor, change)] })
    return after
  }
}

function withStatus(policy: Policy, before: Policy | null): Policy {
  const { interactiveStatus } = before ?? {}
  const keeps =
    policy.interactiveStatus === undefined && interactiveStatus !== undefined && before?.mode === policy.mode
  return keeps ? { ...policy, interactiveStatus } : policy
}
