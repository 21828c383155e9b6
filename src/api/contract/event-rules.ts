import { z } from "zod"
import { eventTypes, severity } from "../../core/index.ts"
import { ruleStates } from "./rules.ts"

// GET /event-rules
export const eventRule = z.object({
  id: z.string(),
  name: z.string(),
  sentence: z.string().meta({ description: "The rule in English" }),
  title: z.string().meta({ description: "Of its alerts; {{field}} stands for the event's value" }),
  description: z.string(),
  filter: z.string(),
  severity,
  classtype: z.string(),
  intent: z.string(),
  technique: z.string().nullable(),
  sources: z.array(z.string()),
  enabled: z.boolean().meta({ description: "As its file says" }),
  state: z.enum(ruleStates).nullable().meta({ description: "As people switched it; null: it does not run" }),
  file: z.string(),
  line: z.number(),
})
export const eventRules = z.object({ items: z.array(eventRule) })

// GET /event-rules/:id/clone
export const eventRuleClone = z.object({ yaml: z.string() })
export const newEventRuleId = z.strictObject({
  as: z.string().min(1).max(200).meta({ description: "The new rule's id" }),
})

// POST /events/try
export const maxTriedRecords = 200
export const newEventTrial = z
  .strictObject({
    format: z.enum(eventTypes),
    records: z
      .string()
      .min(1)
      .max(512 * 1024)
      .meta({ description: `Records as the tool writes them; the first ${maxTriedRecords} are tried` }),
    filter: z.string().min(1).max(65_536).optional().meta({ description: "A filter of the event query language" }),
    rules: z.string().min(1).max(131_072).optional().meta({ description: "Event rules in YAML; 20 at most" }),
  })
  .refine(({ filter, rules }) => (filter === undefined) !== (rules === undefined), {
    error: "give a filter or rules, not both",
  })
  .meta({
    examples: [{ format: "falco", records: '{"rule":"Terminal shell in container",…}', filter: 'exe ends_with "/nc"' }],
  })
const trialProblem = z.object({
  code: z.string(),
  message: z.string(),
  line: z.number(),
  column: z.number(),
  offset: z.number().nullable().meta({ description: "Of a filter: where in the text, in characters" }),
  length: z.number().nullable(),
  suggestion: z.string().nullable(),
})
const judgement = z.object({
  rule: z.string().nullable().meta({ description: "null: the filter" }),
  outcome: z.enum(["match", "no match", "raised", "counted", "aggregated", "suppressed", "off"]),
  because: z.array(z.string()).meta({ description: "What holds, or what would have to be otherwise" }),
  title: z.string().nullable(),
  description: z.string().nullable(),
})
export const eventTrial = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bad"), problems: z.array(trialProblem) }),
  z.object({
    kind: z.literal("ok"),
    sentences: z.array(z.string()),
    records: z.array(
      z.object({
        line: z.number(),
        at: z.number(),
        node: z.string(),
        summary: z.string(),
        judgements: z.array(judgement),
      }),
    ),
    matched: z.number().meta({ description: "Records that something matched" }),
    leftOut: z.number().meta({ description: "Records that were not tried, because there were too many" }),
    unread: z.array(z.object({ line: z.number(), reason: z.string() })),
  }),
])

export type EventRules = z.infer<typeof eventRules>
export type EventRuleClone = z.infer<typeof eventRuleClone>
export type NewEventTrial = z.output<typeof newEventTrial>
export type EventTrial = z.infer<typeof eventTrial>
