import { z } from "zod"
import { millis } from "./alert.ts"
import { classtype, intent, severity, tactic, technique } from "./attack.ts"
import { blockActions, quarantineAction } from "./countermeasure.ts"
import { policyId, ruleId } from "./ids.ts"
import { nodeKinds } from "./node.ts"
import { direction } from "./observation.ts"
import { rate } from "./rate.ts"

export const mode = z.enum(["automatic", "interactive", "monitor"])
/** automatic: enforce; interactive: propose and wait; monitor: decide and show, never enforce. */
export type Mode = z.infer<typeof mode>

export const interactiveStatus = z.enum(["interactive", "always-accept", "always-ignore"])
/** What a policy in interactive mode does instead of asking, once a person said so. */
export type InteractiveStatus = z.infer<typeof interactiveStatus>
const names = z.array(z.string().min(1).max(253)).max(100).readonly()
/** Ids or names of nodes, and tags that nodes carry; both empty: everywhere. */
const scope = z.strictObject({ nodes: names.default([]), tags: names.default([]) }).readonly()
const everywhere = { nodes: [], tags: [] } as const

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
  /** Only what is seen on these nodes counts. */
  scope: scope.default(everywhere),
})

export const networkDefaults = { direction: "inbound", action: "block", rate: null } as const

/** … of one address, do this to it, whether it is far away, in a private network, or another node. */
export const networkPolicy = criteria
  .extend({
    /** Absent in policies that were stored before there was another kind. */
    kind: z.literal("network").optional(),
    /** Refuse what comes from the address, what goes to it, or both. */
    direction: z.enum([...direction.options, "both"]).default(networkDefaults.direction),
    /** `ignore`: no other network policy acts on what fulfils this one. */
    action: z.enum([...blockActions, "ignore"]).default(networkDefaults.action),
    /** Of a limit, for each address or prefix; null for every other action. */
    rate: rate.nullable().default(networkDefaults.rate),
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

export const policy = z.discriminatedUnion("kind", [quarantinePolicy, networkPolicy]).superRefine((of, context) => {
  const mistake = rateMistake(of)
  if (mistake !== undefined) context.addIssue({ code: "custom", ...mistake })
})
export type Policy = z.infer<typeof policy>

/** What is wrong between an action and its rate, and where; undefined when nothing is. */
export function rateMistake(of: NetworkPolicy | QuarantinePolicy) {
  if (of.kind === "quarantine" || (of.action === "limit") === (of.rate !== null)) return undefined
  return of.rate === null
    ? { path: ["action"], message: "a limit needs a rate, such as 100 packets/s" }
    : { path: ["rate"], message: `only the action limit has a rate, and this is ${of.action}` }
}

/** A policy that may have been stored before its newer fields were made. */
export function completePolicy(stored: Policy): Policy {
  return stored.kind === "quarantine"
    ? { ...stored, scope: stored.scope ?? everywhere }
    : { ...networkDefaults, ...stored, scope: stored.scope ?? everywhere }
}
