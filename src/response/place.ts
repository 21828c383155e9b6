import { type BlockCountermeasure, prefix, rateInWords } from "../core/index.ts"
import type { NetworkTrigger } from "./policies.ts"

/** What is done to which address in which direction: one countermeasure each. */
export type Place = Pick<BlockCountermeasure, "target" | "direction" | "action" | "rate">

/** The same, in both directions perhaps. */
export type WidePlace = Omit<Place, "direction"> & { readonly direction: Place["direction"] | "both" }

/** One for each direction that the policy names; none for a policy that ignores. */
export function placesOf({ policy, attacker }: NetworkTrigger): readonly Place[] {
  const { action, direction, rate } = policy
  if (action === "ignore") return []
  return placesIn({ target: prefix(attacker), direction, action, ...(rate === null ? {} : { rate }) })
}

/** One for each direction, where both are meant. */
export function placesIn({ direction, ...rest }: WidePlace): readonly Place[] {
  const directions = direction === "both" ? (["inbound", "outbound"] as const) : [direction]
  return directions.map((one) => ({ ...rest, direction: one }))
}

export function placeInWords({ target, direction, action, rate }: Place): string {
  return `${action} ${direction} ${target}${rate === undefined ? "" : ` ${rateInWords(rate)}`}`
}
