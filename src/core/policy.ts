import { z } from "zod"
import { millis } from "./alert.ts"
import { classtype, intent, severity, tactic, technique } from "./attack.ts"
import { policyId, ruleId } from "./ids.ts"

export const mode = z.enum(["automatic", "interactive", "monitor"])
/** automatic: enforce; interactive: propose and wait; monitor: decide and show, never enforce. */
export type Mode = z.infer<typeof mode>

/** When these incidents (or alerts) are seen `count` times within `windowMs`, block the attacker. */
export const networkPolicy = z
  .object({
    id: policyId,
    name: z.string().min(1).max(200),
    enabled: z.boolean(),
    mode,
    on: z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("incident"),
        /** Null: any intent rule. */
        rule: ruleId.nullable(),
        /** How many different stages must have been seen. */
        minStages: z.int().min(1),
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
    /** Null: until someone ends it. */
    blockMs: millis.nullable(),
    /** Ids of enforcers; empty: every enforcer that can block an address. */
    enforcers: z.array(z.string()).readonly(),
  })
  .readonly()
export type NetworkPolicy = z.infer<typeof networkPolicy>
