import type { CountermeasurePage } from "../../../../src/api/contract/index.ts"

export type Countermeasure = CountermeasurePage["items"][number]

/** A single address without its length, or the node. */
export const targetOf = (of: Countermeasure) =>
  of.action === "block" ? of.target.replace(/\/(32|128)$/, "") : `${of.node.kind} ${of.node.name || of.node.id}`

/** "block of 203.0.113.7", "pause of container shop-web". */
export const whatOf = (of: Countermeasure) => `${of.action} of ${targetOf(of)}`
