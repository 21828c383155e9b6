import { z } from "zod"
import {
  interactiveStatus,
  mode,
  networkPolicy,
  proposal,
  proposalId,
  quarantinePolicy,
  recommendation,
} from "../../core/index.ts"

const decadeMs = 10 * 366 * 86_400_000
const why = z.string().trim().min(1).max(500).meta({ description: "For whoever asks why, later" })
const durationMs = z
  .int()
  .min(1000)
  .max(decadeMs)
  .nullable()
  .optional()
  .meta({ description: "How long; null: until someone ends it; absent: as the policy says" })

export const evidenceStates = ["stands", "false-positive", "closed", "masked", "gone"] as const
const evidence = z.enum(evidenceStates).meta({
  description:
    "How it stands with what it rests on; `masked`, `closed` and `false-positive` are not put in force, of `gone` nothing is stored any more",
})

// GET /recommendations, GET /recommendations/:id
const named = recommendation.unwrap().extend({
  policyName: z.string(),
  sentence: z.string().meta({ description: "What the policy says, in English" }),
})
export const recommendations = z.object({ items: z.array(named) })
const [block, quarantine] = proposal.options
export const pendingProposal = z.discriminatedUnion("action", [
  block.unwrap().extend({ evidence }),
  quarantine.unwrap().extend({ evidence }),
])
export const recommendationDetail = z.object({
  recommendation: named,
  items: z.array(pendingProposal),
  next: z.string().nullable(),
})
export const pendingQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: "How many at most, oldest first" }),
  cursor: proposalId.optional().meta({ description: "`next` of the page before" }),
})

// POST /recommendations/:id/decide, POST /recommendations/:id/always
export const decision = z
  .strictObject({
    kind: z
      .enum(["accept", "dismiss"])
      .meta({ description: "dismiss: not this; new evidence brings it back, the same does not" }),
    pending: z
      .array(proposalId)
      .min(1)
      .max(1000)
      .nullable()
      .default(null)
      .meta({ description: "Only these; null: all that is pending" }),
    durationMs,
    why,
  })
  .meta({ examples: [{ kind: "accept", durationMs: 3_600_000, why: "password spraying, ticket 4711" }] })
export const standingDecision = z.strictObject({
  kind: z.enum(["accept", "ignore"]).meta({
    description:
      "accept: what is pending and what comes; ignore: nothing of it, until the policy's interactive-status is set back",
  }),
  durationMs,
  why,
})
export const decisionReport = z.object({
  items: z.array(proposal).meta({ description: "What became of each: `state`, and why in `outcome`" }),
  notPending: z.array(proposalId).meta({ description: "Of those asked for, the ones that were decided before" }),
  recommendation: recommendation.nullable().meta({ description: "What is left of it" }),
})

// POST /policies/:id/mode
export const modeWish = z
  .strictObject({
    mode: mode.optional().meta({ description: "Absent: as it is" }),
    interactiveStatus: interactiveStatus
      .optional()
      .meta({ description: "interactive: ask again; a change of mode does that too" }),
    pending: z
      .enum(["accept", "keep"])
      .default("accept")
      .meta({ description: "What becomes of what is pending when it goes from interactive to automatic" }),
    durationMs,
    why,
    preview: z
      .boolean()
      .default(false)
      .meta({ description: "true: change nothing, and tell what would become of what" }),
    expected: z
      .int()
      .min(0)
      .optional()
      .meta({ description: "As many as the preview listed: with more pending, nothing is changed" }),
  })
  .meta({ examples: [{ mode: "automatic", why: "the attack goes on", preview: true }] })
const sentence = z.string()
export const modeChange = z.object({
  policy: z.discriminatedUnion("kind", [
    quarantinePolicy.unwrap().extend({ sentence }),
    networkPolicy.unwrap().extend({ sentence }),
  ]),
  items: z.array(proposal),
  kept: z.int().meta({ description: "How many stay pending" }),
  isPreview: z.boolean(),
})

export type NewDecision = z.input<typeof decision>
export type DecisionReport = z.infer<typeof decisionReport>
export type ModeChange = z.infer<typeof modeChange>
export type ModeWish = z.input<typeof modeWish>
export type PendingProposal = z.infer<typeof pendingProposal>
export type RecommendationDetail = z.infer<typeof recommendationDetail>
export type Recommendations = z.infer<typeof recommendations>
