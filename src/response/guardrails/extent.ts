import { familyOf, lengthOf } from "../../core/index.ts"
import type { Guardrail } from "./guardrail.ts"

export const prefixWidth: Guardrail = ({ target, by }, { limits }) => {
  const widest = by === "policy" ? limits.policyPrefix : limits.operatorPrefix
  const least = familyOf(target) === 4 ? widest.v4 : widest.v6
  return lengthOf(target) >= least
    ? undefined
    : `${target} is wider than /${least}, the widest prefix that ${by === "policy" ? "a policy" : "an operator"} may block`
}

export const blockRate: Guardrail = ({ by }, { recentBlocks, limits }) =>
  by === "policy" && recentBlocks >= limits.blocksPerMinute
    ? `${recentBlocks} addresses were blocked in the last minute, and ${limits.blocksPerMinute} is the limit; a person has to look`
    : undefined
