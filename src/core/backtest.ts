import { z } from "zod"
import { cidr, ipAddress } from "./address.ts"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import { blockAction, quarantineAction } from "./countermeasure.ts"
import { alertId, incidentId, policyId } from "./ids.ts"
import { nodeRef } from "./node.ts"
import { direction } from "./observation.ts"
import { rate, rateInWords } from "./rate.ts"

export const friendKinds = ["allowlist", "operator", "node", "false-positive", "exception", "guardrail"] as const

/** Somebody who should not be hit, and how the store shows it. */
export const backtestFriend = z
  .object({
    /** `203.0.113.7/32`, or `container shop-web`. */
    subject: z.string(),
    kind: z.enum(friendKinds),
    /** As a sentence that ends without a full stop. */
    why: z.string(),
    /** When it would have been hit first. */
    at: millis,
    /** spared: a guardrail would have stopped it then; hurt: nothing would have. */
    outcome: z.enum(["spared", "hurt"]),
  })
  .readonly()
export type BacktestFriend = z.infer<typeof backtestFriend>

/** One countermeasure that there would have been. */
export const backtestAction = z
  .object({
    subject: z.string(),
    action: z.union([blockAction, quarantineAction]),
    target: cidr.nullable(),
    /** Null: of a node. */
    direction: z.enum([...direction.options, "both"]).nullable(),
    /** Of a limit. */
    rate: rate.nullable(),
    node: nodeRef.nullable(),
    policy: policyId.nullable(),
    severity,
    from: millis,
    /** Null: until someone had ended it. */
    until: millis.nullable(),
    /** `stored`: the store has it under this id. */
    incident: z.object({ id: incidentId, title: z.string(), stages: z.int(), stored: z.boolean() }).nullable(),
    /** The first of `alertCount`. */
    alerts: z.array(alertId).readonly(),
    alertCount: z.int(),
    /** Alerts of the same address or node while it would have been in force. */
    stopped: z.int(),
    friend: z.string().nullable(),
  })
  .readonly()
export type BacktestAction = z.infer<typeof backtestAction>

/** "block", "block in both directions", "limit to 100 packets/s", "pause". */
export function backtestActionInWords({ action, direction, rate }: BacktestAction): string {
  const where = direction === "both" ? " in both directions" : direction === "outbound" ? " outbound" : ""
  return `${action}${where}${rate === null ? "" : ` to ${rateInWords(rate)}`}`
}

/** An incident as it was recognised anew. */
export const backtestIncident = z
  .object({
    id: incidentId,
    title: z.string(),
    severity,
    attacker: ipAddress,
    stages: z.int(),
    startedAt: millis,
    /** The store has it under this id. */
    stored: z.boolean(),
  })
  .readonly()
export type BacktestIncident = z.infer<typeof backtestIncident>

/** What policies would have done with what the store remembers. */
export const backtestResult = z
  .object({
    policies: z.array(z.object({ id: policyId, name: z.string(), sentence: z.string() })).readonly(),
    since: millis,
    until: millis,
    /** The oldest stored alert within; null: there is none. */
    firstAlertAt: millis.nullable(),
    /** In English, for people. */
    summary: z.string(),
    looked: z.object({ alerts: z.int(), masked: z.int() }),
    totals: z.object({
      /** Of a rule: those that it has a part in. Of policies: all. */
      alerts: z.int(),
      incidents: z.int(),
      actions: z.int(),
      subjects: z.int(),
      stopped: z.int(),
      /** Different addresses or nodes that a limit of the moment would have held back. */
      held: z.int(),
      /** Different addresses or nodes that a policy in another mode would have proposed or shown. */
      proposed: z.int(),
      /** Different addresses or nodes that a policy would have passed over: it ignores them, or was told to ask no more. */
      ignored: z.int(),
      hurt: z.int(),
      spared: z.int(),
    }),
    /** Those against friends first, then oldest first; `totals` counts what is left out. */
    actions: z.array(backtestAction).readonly(),
    friends: z.array(backtestFriend).readonly(),
    incidents: z.array(backtestIncident).readonly(),
    /** What can't be told from what is stored, and how it was reckoned. */
    notes: z.array(z.string()).readonly(),
    /** False: it was stopped at a limit, which a note names. */
    complete: z.boolean(),
  })
  .readonly()
export type BacktestResult = z.infer<typeof backtestResult>
