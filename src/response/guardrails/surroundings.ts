import { type Guardrail, refused } from "./guardrail.ts"

export const ownSurroundings: Guardrail = ({ target }, { surroundings }) => {
  const own = surroundings.overlapping(target)
  return own === undefined ? undefined : refused(`${target} is or holds ${own.prefix}, ${own.why}`)
}
