import { z } from "zod"
import { cidr } from "./address.ts"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import { alertId, countermeasureId, incidentId, policyId } from "./ids.ts"
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
  })
  .readonly()
export type Reason = z.infer<typeof reason>

/** The desired state that response decided on: what, to whom, where, until when, because of what. */
export const countermeasure = z
  .object({
    id: countermeasureId,
    action: z.enum(["block"]),
    direction,
    target: cidr,
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
  .readonly()
export type Countermeasure = z.infer<typeof countermeasure>

/** True while the countermeasure is wanted: not ended and not past its time. */
export function isActive(of: Countermeasure, now: number): boolean {
  return of.endedAt === null && (of.expiresAt === null || of.expiresAt > now)
}
