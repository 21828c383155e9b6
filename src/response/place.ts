import { type BlockCountermeasure, prefix, rateInWords } from "../core/index.ts"
import type { NetworkTrigger } from "./policies.ts"

/** What is done to which address in which direction: one countermeasure each. */
export type Place = Pick<BlockCountermeasure, "target" | "direction" | "action" | "rate">

/** One for each direction that the policy names; none for a policy that ignores. */
export function placesOf({ policy, attacker }: NetworkTrigger): readonly Place[] {
  const { action, direction, rate } = policy
  if (action === "ignore") return []
  const directions = direction === "both" ? (["inbound", "outbound"] as const) : [direction]
  const target = prefix(attacker)
  return directions.map((one) => ({ target, direction: one, action, ...(rate === null ? {} : { rate }) }))
}

export function placeInWords({ target, direction, action, rate }: Place): string {
  return `${action} ${direction} ${target}${rate === undefined ? "" : ` ${rateInWords(rate)}`}`
}
