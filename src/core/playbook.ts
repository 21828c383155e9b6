import { z } from "zod"
import { ipAddress } from "./address.ts"
import { millis } from "./alert.ts"
import { severity } from "./attack.ts"
import { quarantineAction } from "./countermeasure.ts"
import { alertId, countermeasureId, incidentId, playbookId, policyId, ruleId } from "./ids.ts"
import { nodeRef } from "./node.ts"
import { direction } from "./observation.ts"
import { mode } from "./policy.ts"

/** A filter of the event query language over the fields of what set the playbook off; null: always. */
const condition = z.string().min(1).max(4000).nullable()
/** Null: until someone ends it. */
const span = millis.min(1000).nullable()
const enforcers = z.array(z.string().min(1).max(300)).max(20).readonly()

/** The end of the traffic that a step blocks; the attacker is the one that the alert or incident blames. */
export const blockedEnd = z.enum(["attacker", "source", "destination"])

const text = (most: number) => z.string().trim().min(1).max(most)

export const playbookSteps = {
  /** `enforcers` are ids, kinds, or kinds with their target (`aws-nacl:acl-0123…`); empty: all that can do it. */
  block: z.object({ kind: z.literal("block"), when: condition, end: blockedEnd, direction, forMs: span, enforcers }),
  quarantine: z.object({
    kind: z.literal("quarantine"),
    when: condition,
    action: quarantineAction,
    forMs: span,
    enforcers,
  }),
  // What is a false positive is for a person to say.
  status: z.object({
    kind: z.literal("status"),
    when: condition,
    status: z.enum(["open", "contained", "closed"]),
  }),
  assign: z.object({ kind: z.literal("assign"), when: condition, to: text(100) }),
  comment: z.object({ kind: z.literal("comment"), when: condition, text: text(2000) }),
  notify: z.object({ kind: z.literal("notify"), when: condition, target: text(200), text: text(2000).nullable() }),
} as const

export const playbookStep = z.discriminatedUnion("kind", [
  playbookSteps.block,
  playbookSteps.quarantine,
  playbookSteps.status,
  playbookSteps.assign,
  playbookSteps.comment,
  playbookSteps.notify,
])
export type PlaybookStep = z.infer<typeof playbookStep>

/** What sets it off: the alerts of a rule, a policy that has seen enough, or an incident. */
export const playbookTrigger = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alert"), rule: ruleId }),
  z.object({ kind: z.literal("policy"), policy: policyId }),
  /** Null: of any intent rule. */
  z.object({ kind: z.literal("incident"), rule: ruleId.nullable(), minStages: z.int().min(1).max(100) }),
])
export type PlaybookTrigger = z.infer<typeof playbookTrigger>

/** When this is seen, run these steps. */
export const playbook = z
  .object({
    id: playbookId,
    name: text(200),
    enabled: z.boolean(),
    mode,
    on: playbookTrigger,
    /** The mildest severity that counts. */
    severity,
    when: condition,
    /** Alerts on the same attacker and node within this time belong to the same run. An incident runs it once. */
    everyMs: millis.min(1000),
    steps: z.array(playbookStep).min(1).max(20).readonly(),
  })
  .readonly()
export type Playbook = z.infer<typeof playbook>

export const stepOutcomes = [
  "done",
  "prolonged",
  "skipped",
  "refused",
  "held",
  "proposed",
  "monitored",
  "waiting",
] as const

/** What came of one step. */
export const stepResult = z
  .object({
    step: z.int().min(0),
    /** The step in English. */
    sentence: z.string(),
    outcome: z.enum(stepOutcomes),
    /** Why it was not done. */
    reason: z.string().nullable(),
    countermeasures: z.array(countermeasureId).readonly(),
  })
  .readonly()
export type StepResult = z.infer<typeof stepResult>

export const runStates = ["done", "proposed", "monitored", "waiting", "rejected"] as const

/** One run of a playbook: what set it off, and what came of it. */
export const playbookRun = z
  .object({
    /** Made of the playbook and its evidence, so that the same evidence makes the same run. */
    id: z.string().regex(/^run_[0-9a-f]+$/),
    playbook: playbookId,
    at: millis,
    updatedAt: millis,
    /** proposed: it waits for a person; waiting: the guardrails could not be asked, and it is tried again. */
    state: z.enum(runStates),
    /** `playbook:ID`, or who accepted or rejected it. */
    by: z.string(),
    /** Whom it is about: further evidence on the same belongs to this run. */
    subject: z.string(),
    severity,
    attacker: ipAddress.nullable(),
    nodes: z.array(nodeRef).readonly(),
    incident: incidentId.nullable(),
    policy: policyId.nullable(),
    /** The first 100. */
    alerts: z.array(alertId).readonly(),
    /** How many alerts belong to it. */
    count: z.int().min(0),
    steps: z.array(stepResult).readonly(),
  })
  .readonly()
export type PlaybookRun = z.infer<typeof playbookRun>

/** What people and playbooks note on an incident. */
export const incidentNotes = z
  .object({
    incident: incidentId,
    assignee: z.string().nullable(),
    /** The oldest first; the last 200. */
    comments: z.array(z.object({ at: millis, by: z.string(), text: z.string() }).readonly()).readonly(),
  })
  .readonly()
export type IncidentNotes = z.infer<typeof incidentNotes>
