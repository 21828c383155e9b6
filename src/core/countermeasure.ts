import { z } from "zod"
import { cidr } from "./address.ts"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import { alertId, countermeasureId, incidentId, policyId } from "./ids.ts"
import { type NodeRef, nodeRef } from "./node.ts"
import { direction } from "./observation.ts"

export const enforcementStates = ["pending", "applied", "failed", "not-enforced", "expired"] as const
export const enforcementState = z.enum(enforcementStates)
export type EnforcementState = z.infer<typeof enforcementState>

/** What one enforcer says is true of a countermeasure. */
export const enforcementReport = z
  .object({
    enforcer: z.string(),
    state: enforcementState,
    /** Why it failed or is not enforced; null otherwise. */
    reason: z.string().nullable(),
    /** When this state became true. */
    since: millis,
    /** When it was last seen to be true in the target itself. */
    checkedAt: millis,
  })
  .readonly()
export type EnforcementReport = z.infer<typeof enforcementReport>

export const endReasons = ["expired", "undone", "false-positive", "allowlisted", "replaced"] as const

/** Because of what: `by` is `policy:ID` or `user:NAME`. */
export const reason = z
  .object({
    by: z.string(),
    text: z.string(),
    policy: policyId.nullable(),
    incident: incidentId.nullable(),
    alerts: z.array(alertId).readonly(),
    /** Where what led to it happened; absent for what a person does. */
    nodes: z.array(nodeRef).readonly().optional(),
  })
  .readonly()
export type Reason = z.infer<typeof reason>

const everyCountermeasure = z.object({
  id: countermeasureId,
  /** Ids of the enforcers that shall carry it out. */
  enforcers: z.array(z.string()).readonly(),
  severity,
  reason,
  createdAt: millis,
  /** Null: until someone ends it. */
  expiresAt: millis.nullable(),
  /** Null while it is wanted. */
  endedAt: millis.nullable(),
  endReason: z.enum(endReasons).nullable(),
  endedBy: z.string().nullable(),
  reports: z.array(enforcementReport).readonly(),
})

/** Holds back an address. */
export const blockCountermeasure = everyCountermeasure
  .extend({ action: z.literal("block"), direction, target: cidr })
  .readonly()
export type BlockCountermeasure = z.infer<typeof blockCountermeasure>

export const quarantineActions = ["restart", "pause", "stop", "remove", "isolate"] as const
export const quarantineAction = z.enum(quarantineActions)
/** `isolate`: from its networks. `restart` and `remove` have no way back; the others end when their countermeasure does. */
export type QuarantineAction = z.infer<typeof quarantineAction>

/** Acts on a node that is or may be infected. */
export const quarantineCountermeasure = everyCountermeasure
  .extend({ action: quarantineAction, node: nodeRef })
  .readonly()
export type QuarantineCountermeasure = z.infer<typeof quarantineCountermeasure>

/** The desired state that response decided on: what, to whom, where, until when, because of what. */
export const countermeasure = z.discriminatedUnion("action", [blockCountermeasure, quarantineCountermeasure])
export type Countermeasure = z.infer<typeof countermeasure>

/** What it is done to, for people: `203.0.113.7/32`, or `container shop-web`. */
export function subjectOf(of: BlockCountermeasure | QuarantineCountermeasure): string {
  return of.action === "block" ? of.target : nodeInWords(of.node)
}

export function nodeInWords({ kind, name, id }: NodeRef): string {
  return `${kind} ${name === "" ? id : name}`
}

/** True while the countermeasure is wanted: not ended and not past its time. */
export function isActive(of: Countermeasure, now: number): boolean {
  return of.endedAt === null && (of.expiresAt === null || of.expiresAt > now)
}
