import type { PendingProposal } from "../../../api/contract/index.ts"
import { type Millis, type Proposal, proposalTarget, type Recommendation } from "../../../core/index.ts"
import { inShort } from "../../duration.ts"
import type { Column } from "../../text.ts"

const ago = (at: Millis, now: Millis) => `${inShort(now - at)} ago`
const short = (target: string) => target.replace(/\/(32|128)$/, "")
/** As in the table of the console: what differs. */
const several = "*"

export function recommendationColumns(now: Millis): readonly Column<Recommendation>[] {
  return [
    { name: "id", of: ({ id }) => id },
    { name: "action", of: ({ action }) => action },
    { name: "policy", of: ({ policy }) => policy, flexible: true },
    {
      name: "pending",
      of: ({ pending, notKept }) => (notKept === 0 ? String(pending) : `${pending} + ${notKept} not kept`),
    },
    { name: "target", of: ({ target }) => short(target ?? several) },
    { name: "source", of: ({ source }) => source ?? several },
    { name: "node", of: ({ node }) => node?.name ?? several, flexible: true },
    { name: "severity", of: ({ severity }) => severity },
    { name: "seen", of: ({ minCount, maxCount, threshold }) => seen(minCount, maxCount, threshold) },
    { name: "first", of: ({ firstAt }) => ago(firstAt, now) },
    { name: "latest", of: ({ latestAt }) => ago(latestAt, now) },
    { name: "made", of: ({ createdAt }) => ago(createdAt, now) },
  ]
}

export function pendingColumns(now: Millis): readonly Column<PendingProposal>[] {
  return [
    { name: "id", of: ({ id }) => id },
    { name: "target", of: (one) => short(proposalTarget(one)) },
    { name: "source", of: ({ source }) => source ?? several },
    { name: "node", of: ({ node }) => node?.name ?? several, flexible: true },
    { name: "severity", of: ({ severity }) => severity },
    { name: "seen", of: ({ count, threshold }) => seen(count, count, threshold) },
    { name: "latest", of: ({ latestAt }) => ago(latestAt, now) },
    { name: "ends in", of: ({ expiresAt }) => inShort(expiresAt - now) },
    { name: "evidence", of: ({ evidence }) => evidence },
    { name: "held by", of: ({ held }) => held ?? "-", flexible: true },
  ]
}

export const outcomeColumns: readonly Column<Proposal>[] = [
  { name: "target", of: (one) => short(proposalTarget(one)) },
  { name: "became", of: ({ state }) => state },
  { name: "countermeasure", of: ({ outcome }) => outcome?.countermeasure ?? "-" },
  { name: "why", of: ({ outcome }) => outcome?.why ?? "", flexible: true },
  { name: "id", of: ({ id }) => id },
]

function seen(least: number, most: number, threshold: number): string {
  return `${least === most ? least : `${least}-${most}`} of ${threshold}`
}
