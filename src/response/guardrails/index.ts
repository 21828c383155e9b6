import { allowlisted } from "./allowlist.ts"
import { blockRate, prefixWidth } from "./extent.ts"
import type { Circumstances, Guardrail, Intended } from "./guardrail.ts"
import { neverBlock } from "./never-block.ts"
import { ownAddresses } from "./own-addresses.ts"

export type { Circumstances, GuardrailLimits, Intended } from "./guardrail.ts"
export { defaultLimits } from "./guardrail.ts"

const whenDeciding: readonly Guardrail[] = [neverBlock, ownAddresses, allowlisted, prefixWidth, blockRate]
const whenEnforcing: readonly Guardrail[] = [neverBlock, ownAddresses, allowlisted]

/** The first reason not to decide on this block, or undefined. */
export function refusalOf(intended: Intended, circumstances: Circumstances): string | undefined {
  return firstOf(whenDeciding, intended, circumstances)
}

/** The first reason not to put in force what was decided earlier, or undefined. */
export function refusalAtEnforcement(intended: Intended, circumstances: Circumstances): string | undefined {
  return firstOf(whenEnforcing, intended, circumstances)
}

function firstOf(
  guardrails: readonly Guardrail[],
  intended: Intended,
  circumstances: Circumstances,
): string | undefined {
  for (const guardrail of guardrails) {
    const refusal = guardrail(intended, circumstances)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
