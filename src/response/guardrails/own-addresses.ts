import { overlaps } from "../../core/index.ts"
import type { Guardrail } from "./guardrail.ts"

export const ownAddresses: Guardrail = ({ target }, { protectedPrefixes, operators }) => {
  const own = protectedPrefixes.find(({ prefix }) => overlaps(prefix, target))
  if (own !== undefined) return `${target} is or holds ${own.prefix}, ${own.why}`
  const operator = operators.find((address) => overlaps(address, target))
  return operator === undefined ? undefined : `${target} is or holds ${operator}, from where an operator is signed in`
}
