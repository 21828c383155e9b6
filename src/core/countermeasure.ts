import { z } from "zod"
import { cidr } from "./address.ts"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import { alertId, countermeasureId, incidentId, playbookId, policyId } from "./ids.ts"
import { type NodeRef, nodeRef } from "./node.ts"
import { direction } from "./observation.ts"
import { rate, rateInWords } from "./rate.ts"

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
    /** At least so much was refused because of it; absent where the target does not count. */
    refused: z
      .object({ packets: z.int().min(0), bytes: z.int().min(0) })
      .readonly()
      .optional(),
  })
  .readonly()
export type EnforcementReport = z.infer<typeof enforcementReport>

/** True when there is something to show for it for the first time. */
export function isFirstProof(
  before: Pick<EnforcementReport, "refused">,
  { refused }: Pick<EnforcementReport, "refused">,
): boolean {
  return refused !== undefined && refused.packets > 0 && (before.refused?.packets ?? 0) === 0
}

export const endReasons = ["expired", "undone", "false-positive", "allowlisted", "replaced"] as const

/** Because of what: `by` is `policy:ID`, `playbook:ID` or `user:NAME`. */
export const reason = z
  .object({
    by: z.string(),
    text: z.string(),
    policy: policyId.nullable(),
    /** Absent where no playbook decided. */
    playbook: playbookId.optional(),
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

export const blockActions = ["block", "limit", "challenge"] as const
export const blockAction = z.enum(blockActions)
/** `limit`: only what is beyond a rate is refused. `challenge`: who proves to be no machine passes. */
export type BlockAction = z.infer<typeof blockAction>

/** Holds back an address. */
export const blockCountermeasure = everyCountermeasure
  .extend({
    action: blockAction,
    direction,
    target: cidr,
    /** Of a limit. */
    rate: rate.optional(),
  })
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

/** True for what a person decided, or accepted when a policy proposed it. */
export function isByPerson({ by }: Pick<Reason, "by">): boolean {
  return !by.startsWith("policy:") && !by.startsWith("playbook:")
}

/** What it is done to, for people: `203.0.113.7/32`, or `container shop-web`. */
export function subjectOf(of: BlockCountermeasure | QuarantineCountermeasure): string {
  return holdsBack(of) ? of.target : nodeInWords(of.node)
}

/** "block", "block outbound", "limit to 100 packets/s", "pause". */
export function actionInWords(of: Countermeasure): string {
  if (!holdsBack(of)) return of.action
  return `${of.action}${of.direction === "outbound" ? " outbound" : ""}${of.rate === undefined ? "" : ` to ${rateInWords(of.rate)}`}`
}

/** True of what is done to an address, and not to a node. */
export function holdsBack(of: Countermeasure): of is BlockCountermeasure {
  return "target" in of
}

export function nodeInWords({ kind, name, id }: NodeRef): string {
  return `${kind} ${name === "" ? id : name}`
}

/** True while the countermeasure is wanted: not ended and not past its time. */
export function isActive(of: Countermeasure, now: number): boolean {
  return of.endedAt === null && (of.expiresAt === null || of.expiresAt > now)
}
