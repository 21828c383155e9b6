import { overlaps } from "../../core/index.ts"
import type { Guardrail } from "./guardrail.ts"

export const allowlisted: Guardrail = ({ target }, { allowlist, now }) => {
  const entry = allowlist.find(
    ({ prefix, expiresAt }) => (expiresAt === null || expiresAt > now) && overlaps(prefix, target),
  )
  return entry === undefined
    ? undefined
    : `${target} touches ${entry.prefix} on the allowlist (${entry.comment}; ${entry.owner})`
}
