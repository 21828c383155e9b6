import { familyOf, lengthOf } from "../../core/index.ts"
import { type Guardrail, held, refused } from "./guardrail.ts"

export const prefixWidth: Guardrail = ({ target, by }, { limits }) => {
  const length = lengthOf(target)
  const leastOf = ({ v4, v6 }: typeof limits.policyPrefix) => (familyOf(target) === 4 ? v4 : v6)
  const [policyLeast, operatorLeast] = [leastOf(limits.policyPrefix), leastOf(limits.operatorPrefix)]
  const [who, least] = by === "policy" ? ["a policy", policyLeast] : ["an operator", operatorLeast]
  if (length >= least) return undefined
  const tooWide = `${target} is wider than /${least}, the widest prefix that ${who} may block`
  return length >= operatorLeast ? held(`${tooWide}; a person has to look`) : refused(`${tooWide}; block narrower ones`)
}
