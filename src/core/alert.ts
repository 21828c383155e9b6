import { z } from "zod"
import { ipAddress } from "./address.ts"
import { classtype, intent, severity, tactic, technique } from "./attack.ts"
import { alertId, observationId, ruleId } from "./ids.ts"
import { nodeRef } from "./node.ts"
import { direction, endpoint, origin } from "./observation.ts"

// The last moment that a Date can tell (ECMA-262 §21.4.1.1).
export const millis = z.number().min(0).max(8_640_000_000_000_000)

/** Bytes that a rule matched: `value` is the inspected value (latin1, cut to 1 KiB around the match), `offset` and `length` count bytes in it. */
export const match = z
  .object({ variable: z.string(), value: z.string(), offset: z.int().min(0), length: z.int().min(0) })
  .readonly()
export type Match = z.infer<typeof match>

/** What one rule added to the score. */
export const contribution = z
  .object({
    rule: ruleId,
    message: z.string(),
    severity,
    score: z.number(),
    tags: z.array(z.string()).readonly(),
    matches: z.array(match).readonly(),
  })
  .readonly()
export type Contribution = z.infer<typeof contribution>

/** The observation as an analyst reads it; texts are latin1, each cut to 8 KiB. */
export const evidence = z
  .object({
    summary: z.string(),
    request: z.string().nullable(),
    response: z.string().nullable(),
  })
  .readonly()
export type Evidence = z.infer<typeof evidence>

/** Alerts that a clustering rule sees as one; `alerts` holds the first 100 of `count`. */
export const cluster = z
  .object({
    rule: ruleId,
    count: z.int().min(1),
    alerts: z.array(alertId).readonly(),
    firstAt: millis,
    lastAt: millis,
  })
  .readonly()
export type Cluster = z.infer<typeof cluster>

/** One detection on one observation, with every rule that contributed. */
export const alert = z
  .object({
    id: alertId,
    /** When the observed thing happened. */
    at: millis,
    observation: observationId,
    sensor: z.string(),
    node: nodeRef,
    direction,
    source: endpoint,
    destination: endpoint,
    /** Whom to blame and block: the far end of the traffic, or who caused it. */
    attacker: ipAddress,
    title: z.string(),
    severity,
    classtype,
    intent,
    tactic: tactic.nullable(),
    technique: technique.nullable(),
    score: z.number(),
    threshold: z.number(),
    contributions: z.array(contribution).readonly(),
    evidence,
    origin: origin.nullable(),
    /** Only of an alert that a clustering rule made. */
    cluster: cluster.optional(),
    /** A masked alert stays stored, counts nowhere and triggers nothing. */
    masked: z.boolean(),
  })
  .readonly()
export type Alert = z.infer<typeof alert>
