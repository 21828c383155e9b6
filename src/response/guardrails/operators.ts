import { type Guardrail, refused } from "./guardrail.ts"

export const signedInOperators: Guardrail = ({ target }, { operators }) => {
  const operator = operators.overlapping(target)
  return operator === undefined
    ? undefined
    : refused(`${target} is or holds ${operator.prefix}, from where an operator is signed in`)
}
