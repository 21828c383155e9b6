import { allowlisted } from "./allowlist.ts"
import { blockRate } from "./block-rate.ts"
import type { Circumstances, Guardrail, Intended, Refusal } from "./guardrail.ts"
import { neverBlock } from "./never-block.ts"
import { signedInOperators } from "./operators.ts"
import { prefixWidth } from "./prefix-width.ts"
import { ownSurroundings } from "./surroundings.ts"

export type { Circumstances, GuardrailLimits, Intended, Refusal } from "./guardrail.ts"
export { defaultLimits } from "./guardrail.ts"
export type { Prefixes } from "./overlap.ts"
export { indexPrefixes } from "./overlap.ts"
export { quarantineRefusalAtEnforcement, quarantineRefusalOf } from "./quarantine.ts"

/** Friends come before extent, so that the reason names the friend. */
const friends: readonly Guardrail[] = [neverBlock, ownSurroundings, signedInOperators, allowlisted]
const whenDeciding: readonly Guardrail[] = [...friends, prefixWidth, blockRate]
// What was decided within its limits does not fall out of them by waiting; a wider prefix than either limit is no block of ours.
const whenEnforcing: readonly Guardrail[] = [...friends, prefixWidth]

/** The first reason not to decide on this block, or undefined. */
export function refusalOf(intended: Intended, circumstances: Circumstances): Refusal | undefined {
  return firstOf(whenDeciding, intended, circumstances)
}

/** The first reason not to put in force, or to prolong, what was decided earlier, or undefined. */
export function refusalAtEnforcement(intended: Intended, circumstances: Circumstances): Refusal | undefined {
  return firstOf(whenEnforcing, intended, circumstances)
}

function firstOf(
  guardrails: readonly Guardrail[],
  intended: Intended,
  circumstances: Circumstances,
): Refusal | undefined {
  for (const guardrail of guardrails) {
    const refusal = guardrail(intended, circumstances)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
