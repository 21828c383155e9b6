import { z } from "zod"
import { cidr, ipAddress } from "./address.ts"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import { blockAction, nodeInWords, quarantineAction, reason } from "./countermeasure.ts"
import { countermeasureId, policyId, proposalId, recommendationId } from "./ids.ts"
import { type NodeRef, nodeRef } from "./node.ts"
import { direction } from "./observation.ts"
import { rate } from "./rate.ts"

/**
 * accepted: it is in force; already: it was in force before; refused: a guardrail stood against it when somebody accepted it; ignored
 * and dismissed: a person said no, for good or for this evidence; withdrawn: what it rests on no longer holds; expired: nobody
 * decided in time.
 */
export const proposalStates = [
  "pending",
  "accepted",
  "already",
  "refused",
  "ignored",
  "dismissed",
  "withdrawn",
  "expired",
] as const
export const proposalState = z.enum(proposalStates)
export type ProposalState = z.infer<typeof proposalState>

/** What became of it; null while it is pending. */
const outcome = z
  .object({
    at: millis,
    /** `user:NAME`, `policy:ID` or `system`. */
    by: z.string(),
    /** What the person said, or what Thwart found. */
    why: z.string(),
    countermeasure: countermeasureId.nullable(),
  })
  .readonly()

const everyProposal = z.object({
  id: proposalId,
  policy: policyId,
  state: proposalState,
  severity,
  reason,
  /** The guardrail that held it back; null: the policy asks. */
  held: z.string().nullable(),
  /** Where it came from and which node it was about; null: from several, or about several. */
  source: ipAddress.nullable(),
  node: nodeRef.nullable(),
  /** How many alerts or incidents were seen, of which the policy wants `threshold` within `windowMs`. */
  count: z.int(),
  threshold: z.int(),
  windowMs: millis,
  firstAt: millis,
  latestAt: millis,
  createdAt: millis,
  /** Until when somebody may decide. */
  expiresAt: millis,
  outcome: outcome.nullable(),
})

/** One address or node on which a policy wants to act, and a person decides. */
export const proposal = z.discriminatedUnion("action", [
  everyProposal
    .extend({
      action: blockAction,
      direction: z.enum([...direction.options, "both"]),
      rate: rate.optional(),
      target: cidr,
    })
    .readonly(),
  everyProposal.extend({ action: quarantineAction, target: nodeRef }).readonly(),
])
export type Proposal = z.infer<typeof proposal>
export type AddressProposal = Extract<Proposal, { readonly target: string }>

export const isAddressProposal = (of: Proposal): of is AddressProposal => typeof of.target === "string"

/** What stands beside the pending proposals of a policy, from the first until none is left. */
export const recommendationHead = z
  .object({
    id: recommendationId,
    policy: policyId,
    createdAt: millis,
    /** Addresses or nodes beyond the limit, which are logged and counted only. */
    notKept: z.int(),
  })
  .readonly()
export type RecommendationHead = z.infer<typeof recommendationHead>

/** The pending proposals of one policy as one row; null where they differ. */
export const recommendation = recommendationHead
  .unwrap()
  .extend({
    action: z.enum([...blockAction.options, ...quarantineAction.options]),
    pending: z.int(),
    /** How many of them a guardrail held back. */
    held: z.int(),
    target: z.string().nullable(),
    source: ipAddress.nullable(),
    node: nodeRef.nullable(),
    severity,
    minCount: z.int(),
    maxCount: z.int(),
    threshold: z.int(),
    windowMs: millis,
    firstAt: millis,
    latestAt: millis,
    /** When the first of them is over. */
    expiresAt: millis,
  })
  .readonly()
export type Recommendation = z.infer<typeof recommendation>

/** `203.0.113.7/32`, or `container shop-web`. */
export function proposalTarget({ target }: { readonly target: string | NodeRef }): string {
  return typeof target === "string" ? target : nodeInWords(target)
}
