import { allowlistSubjectOf } from "../../core/index.ts"
import { type Guardrail, refused } from "./guardrail.ts"

export const allowlisted: Guardrail = ({ target, nodes }, { allowlist }) => {
  const entry = allowlist.protecting(target, nodes)
  if (entry === undefined) return undefined
  const where = entry.nodes === undefined ? "" : `; for ${entry.nodes.join(", ")}`
  return refused(
    `${target} touches ${allowlistSubjectOf(entry)} on the allowlist (${entry.comment}; ${entry.owner}${where})`,
  )
}
