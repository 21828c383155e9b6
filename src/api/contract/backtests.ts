import { z } from "zod"
import { alert, backtestResult, millis, policy, policyId, ruleId } from "../../core/index.ts"

const dayMs = 86_400_000
/** Further back is looked in parts. */
export const maxBacktestMs = 366 * dayMs
/** More events than raise so many are looked at in parts. */
export const maxGivenAlerts = 10_000

// POST /backtests (202, it runs), GET /backtests/:id (how far it is, and what came of it), DELETE /backtests/:id (stop it)
export const newBacktest = z
  .strictObject({
    policy: policyId.optional().meta({ description: "One that the server has" }),
    policies: z.array(policy).min(1).max(20).optional().meta({ description: "Ones that it need not have" }),
    rule: ruleId
      .optional()
      .meta({ description: "A rule that the server has: what it had a part in, by the policies as they are" }),
    intentRules: z.string().max(500_000).optional().meta({
      description: "Intent and clustering rules in YAML, which the server need not have, by the policies as they are",
    }),
    given: z
      .strictObject({ rules: z.array(ruleId).min(1).max(1000), alerts: z.array(alert).max(maxGivenAlerts) })
      .optional()
      .meta({ description: "What rules would have raised by events that are not stored, by the policies as they are" }),
    since: millis.int().meta({ description: "Not before" }),
    until: millis.int().nullable().default(null).meta({ description: "Not after; null: now" }),
  })
  .refine(
    ({ policy: one, policies, rule, intentRules, given }) =>
      [one, policies, rule, intentRules, given].filter((subject) => subject !== undefined).length === 1,
    { error: "name one of policy, policies, rule, intentRules and given" },
  )
  .meta({ examples: [{ policy: "thwart/contain-chain", since: 1_767_225_600_000 }] })

export const backtest = z.object({
  id: z.string(),
  state: z.enum(["running", "done", "failed", "stopped"]),
  startedBy: z.string(),
  startedAt: z.number(),
  progress: z.object({ alerts: z.int(), share: z.number() }),
  result: backtestResult.nullable(),
  /** Why there is no result; null while it runs and when it is done. */
  reason: z.string().nullable(),
})

export type NewBacktest = z.input<typeof newBacktest>
export type BacktestRun = z.infer<typeof backtest>
