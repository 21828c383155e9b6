import { type Guardrail, refused } from "./guardrail.ts"

export const allowlisted: Guardrail = ({ target }, { allowlist }) => {
  const entry = allowlist.overlapping(target)
  if (entry === undefined) return undefined
  return refused(`${target} touches ${entry.prefix} on the allowlist (${entry.comment}; ${entry.owner})`)
}
