import { z } from "zod"
import { millis } from "./alert.ts"
import { classtype, intent, severity, tactic, technique } from "./attack.ts"
import { quarantineAction } from "./countermeasure.ts"
import { policyId, ruleId } from "./ids.ts"
import { nodeKinds } from "./node.ts"

export const mode = z.enum(["automatic", "interactive", "monitor"])
/** automatic: enforce; interactive: propose and wait; monitor: decide and show, never enforce. */
export type Mode = z.infer<typeof mode>

export const interactiveStatus = z.enum(["interactive", "always-accept", "always-ignore"])
/** What a policy in interactive mode does instead of asking, once a person said so. */
export type InteractiveStatus = z.infer<typeof interactiveStatus>

/** When these incidents (or alerts) are seen `count` times within `windowMs`, … */
const criteria = z.object({
  id: policyId,
  name: z.string().min(1).max(200),
  enabled: z.boolean(),
  mode,
  /** Absent: interactive, the policy asks. Only looked at in interactive mode. */
  interactiveStatus: interactiveStatus.optional(),
  on: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("incident"),
      /** Null: any intent rule. */
      rule: ruleId.nullable(),
      /** How many different stages must have been seen. */
      minStages: z.int().min(1),
      /** One of its stages has one of these; absent and empty lists match everything. */
      intents: z.array(intent).readonly().optional(),
      tactics: z.array(tactic).readonly().optional(),
      techniques: z.array(technique).readonly().optional(),
    }),
    z.object({
      kind: z.literal("alert"),
      /** Empty lists match everything. */
      classtypes: z.array(classtype).readonly(),
      intents: z.array(intent).readonly(),
      tactics: z.array(tactic).readonly(),
      techniques: z.array(technique).readonly(),
    }),
  ]),
  /** The mildest severity that counts. */
  severity,
  count: z.int().min(1).max(1_000_000),
  windowMs: millis,
  /** Ids of enforcers; empty: every enforcer that can do it. */
  enforcers: z.array(z.string()).readonly(),
})

/** … of one address, block it. */
export const networkPolicy = criteria
  .extend({
    /** Absent in policies that were stored before there was another kind. */
    kind: z.literal("network").optional(),
    /** Null: until someone ends it. */
    blockMs: millis.nullable(),
  })
  .readonly()
export type NetworkPolicy = z.infer<typeof networkPolicy>

/** … on one node of this kind, do this to the node. */
export const quarantinePolicy = criteria
  .extend({
    kind: z.literal("quarantine"),
    nodeKind: z.enum(nodeKinds),
    action: quarantineAction,
    /** For how long, where the action has a way back; null: until someone ends it. */
    holdMs: millis.nullable(),
  })
  .readonly()
export type QuarantinePolicy = z.infer<typeof quarantinePolicy>

export const policy = z.discriminatedUnion("kind", [quarantinePolicy, networkPolicy])
export type Policy = z.infer<typeof policy>
