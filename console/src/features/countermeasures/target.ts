import type { CountermeasurePage } from "../../../../src/api/contract/index.ts"

export type Countermeasure = CountermeasurePage["items"][number]

const isOnAddress = (of: Countermeasure): of is Extract<Countermeasure, { target: string }> => "target" in of

/** A single address without its length, or the node. */
export const targetOf = (of: Countermeasure) =>
  isOnAddress(of) ? of.target.replace(/\/(32|128)$/, "") : `${of.node.kind} ${of.node.name || of.node.id}`

/** "block of 203.0.113.7", "pause of container shop-web". */
export const whatOf = (of: Countermeasure) => `${of.action} of ${targetOf(of)}`

/** What is done beside a plain inbound block: "outbound", "limit to 100 packets/s", "pause"; undefined for that. */
export function detailOf(of: Countermeasure): string | undefined {
  if (!isOnAddress(of)) return of.action
  const rate = of.rate === undefined ? "" : ` to ${of.rate.perSecond.toLocaleString("en")} ${of.rate.unit}/s`
  const parts = [
    ...(of.direction === "outbound" ? ["outbound"] : []),
    ...(of.action === "block" ? [] : [of.action + rate]),
  ]
  return parts.length === 0 ? undefined : parts.join(", ")
}

/** "blocked", "limited", "challenged", "quarantined". */
export function doneTo(of: Countermeasure): string {
  return isOnAddress(of) ? { block: "blocked", limit: "limited", challenge: "challenged" }[of.action] : "quarantined"
}
