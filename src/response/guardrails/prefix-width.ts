import { familyOf, lengthOf } from "../../core/index.ts"
import { type Guardrail, refused } from "./guardrail.ts"

export const prefixWidth: Guardrail = ({ target, by }, { limits }) => {
  const widest = by === "policy" ? limits.policyPrefix : limits.operatorPrefix
  const least = familyOf(target) === 4 ? widest.v4 : widest.v6
  if (lengthOf(target) >= least) return undefined
  const who = by === "policy" ? "a policy" : "an operator"
  return refused(`${target} is wider than /${least}, the widest prefix that ${who} may block; block narrower ones`)
}
