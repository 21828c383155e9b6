import { z } from "zod"
import {
  alertVerdict,
  direction,
  exceptionPlace,
  millis,
  nodeId,
  ruleException,
  ruleSwitch,
  severity,
  verdict,
} from "../../core/index.ts"

const reason = z.string().trim().min(1).max(500).meta({ description: "For whoever asks why, later" })

export const ruleStates = ["on", "off", "partly", "excepted"] as const
/** off: everywhere; partly: off on some nodes; excepted: on, with exceptions. */
export const ruleState = z.enum(ruleStates)

// GET /rules, GET /rules/:id
export const rule = z.object({
  id: z.string(),
  message: z.string(),
  group: z.string(),
  file: z.string(),
  line: z.number(),
  tags: z.array(z.string()),
  severity: severity.nullable(),
  phase: z.number().nullable(),
  direction,
  paranoia: z.number().nullable(),
  state: ruleState,
  hits: z.number().meta({ description: "Alerts that it contributed to, over 90 days" }),
  lastHitAt: z.number().nullable(),
  marked: z.number().meta({ description: "Of its alerts, those that analysts marked" }),
  falsePositives: z.number().meta({ description: "Of those, the false positives" }),
})
export const rulesQuery = z.strictObject({
  search: z.string().max(200).optional().meta({ description: "In id, message, group and tags; every word" }),
  group: z.string().max(200).optional(),
  direction: direction.optional(),
  tag: z.string().max(200).optional(),
  severity: severity.optional(),
  paranoia: z.coerce.number().int().min(1).max(9).optional(),
  state: ruleState.optional(),
  order: z.enum(["id", "hits", "false-positives"]).default("id"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})
export const rulePage = z.object({
  items: z.array(rule),
  /** Of what was asked for, on all pages. */
  total: z.number(),
  /** Of all rules, by group. */
  groups: z.array(z.object({ group: z.string(), direction, rules: z.number(), off: z.number() })),
})
export const ruleDetail = z.object({ rule, switches: z.array(ruleSwitch), exceptions: z.array(ruleException) })

// POST /rules/:id/disable, POST /rules/:id/enable
const where = nodeId.nullable().default(null).meta({ description: "null: everywhere" })
export const disableRule = z.strictObject({ node: where, reason })
export const enableRule = z.strictObject({ node: where })

// GET /rule-exceptions, POST /rule-exceptions, PATCH /rule-exceptions/:id
export const ruleExceptions = z.object({ items: z.array(ruleException) })
export const newRuleException = z
  .strictObject({
    rules: ruleException.unwrap().shape.rules,
    path: exceptionPlace.shape.path.default(null),
    parameter: exceptionPlace.shape.parameter.default(null),
    source: exceptionPlace.shape.source.default(null),
    owner: ruleException.unwrap().shape.owner,
    reason,
    expiresAt: millis.int().nullable().meta({ description: "When it ends; null: never, which must be said" }),
  })
  .refine(({ path, parameter, source }) => path !== null || parameter !== null || source !== null, {
    error: "an exception needs a path, a parameter or a source; to be rid of a rule altogether, turn it off",
  })
  .meta({
    examples: [
      {
        rules: "942100",
        path: "/search",
        parameter: "ARGS:q",
        owner: "shop team",
        reason: "people search for SQL books",
        expiresAt: 1_900_000_000_000,
      },
    ],
  })
export const ruleExceptionChange = z.union([
  z.strictObject({ end: z.literal(true).meta({ description: "End it now" }) }),
  z.strictObject({ expiresAt: millis.int().nullable() }),
])

// PUT /alerts/:id/verdict, DELETE /alerts/:id/verdict
export const newVerdict = z.strictObject({ verdict })
export const verdicts = z.object({ items: z.array(alertVerdict) })
export const verdictsQuery = z.strictObject({
  alerts: z
    .string()
    .max(30_000)
    .regex(/^alr_[0-9a-z]+(,alr_[0-9a-z]+)*$/)
    .meta({ description: "Ids, with commas between; at most 500" }),
})

export type ApiRule = z.infer<typeof rule>
export type RulePage = z.infer<typeof rulePage>
export type RuleDetail = z.infer<typeof ruleDetail>
export type RuleExceptions = z.infer<typeof ruleExceptions>
export type RulesQuery = z.output<typeof rulesQuery>
export type NewRuleException = z.output<typeof newRuleException>
export type RuleExceptionChange = z.output<typeof ruleExceptionChange>
export type Verdicts = z.infer<typeof verdicts>
