import { z } from "zod"
import { ipAddress } from "./address.ts"
import { millis } from "./alert.ts"
import { intent, severity, tactic, technique } from "./attack.ts"
import { alertId, incidentId, ruleId } from "./ids.ts"
import { nodeRef } from "./node.ts"

/** One step of an attack as an intent rule recognised it; `alerts` holds the first 100 of `count`. */
export const stage = z
  .object({
    /** Position in the intent rule, from 0. */
    index: z.int().min(0),
    name: z.string(),
    intent,
    tactic: tactic.nullable(),
    technique: technique.nullable(),
    firstAt: millis,
    lastAt: millis,
    count: z.int().min(1),
    alerts: z.array(alertId).readonly(),
    /** Why these alerts are this stage, as a sentence. */
    because: z.string(),
  })
  .readonly()
export type Stage = z.infer<typeof stage>

export const incidentStatuses = ["open", "contained", "closed", "false-positive"] as const
export const incidentStatus = z.enum(incidentStatuses)
export type IncidentStatus = z.infer<typeof incidentStatus>

/** An attack in progress: the stages seen so far, in order. Each change has a higher `version`. */
export const incident = z
  .object({
    id: incidentId,
    version: z.int().min(1),
    /** The intent rule that recognised it. */
    rule: ruleId,
    title: z.string(),
    severity,
    status: incidentStatus,
    /** Whom to block: the first known attacker of its stages. */
    attacker: ipAddress,
    /** What its alerts have in common, where that is not the attacker. */
    joinKey: z.string().max(300).optional(),
    nodes: z.array(nodeRef).readonly(),
    /** Alerts that counted in it until somebody masked them. */
    masked: z.array(alertId).readonly().optional(),
    stages: z.array(stage).readonly(),
    /** How many stages the rule has. */
    stagesTotal: z.int().min(1),
    /** True when every stage of the rule was seen. */
    complete: z.boolean(),
    score: z.number(),
    startedAt: millis,
    updatedAt: millis,
  })
  .readonly()
export type Incident = z.infer<typeof incident>
