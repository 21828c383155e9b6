import type { DecisionReport, PendingProposal, Recommendations } from "../../../../src/api/contract/index.ts"

export type Recommendation = Recommendations["items"][number]
export type Pending = PendingProposal
export type Decided = DecisionReport["items"][number]

/** A single address without its length, or the node. */
export const targetOf = ({ target }: Pick<Pending | Decided, "target">) =>
  typeof target === "string" ? target.replace(/\/(32|128)$/, "") : `${target.kind} ${target.name || target.id}`

/** "block", "pause the container": what would be done. */
export const actionOf = ({ action }: Pick<Recommendation, "action">) =>
  action === "block" ? "Block the address" : `${action.charAt(0).toUpperCase()}${action.slice(1)} the node`

/** "3 of 10", "3 to 7 of 10": how often it was seen, of what the policy wants. */
export const seenOf = (least: number, most: number, threshold: number) =>
  `${least === most ? least : `${least} to ${most}`} of ${threshold}`
