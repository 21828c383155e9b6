import { z } from "zod"
import { backtestResult, millis, policy, policyId } from "../../core/index.ts"

const dayMs = 86_400_000
/** Further back is looked in parts. */
export const maxBacktestMs = 366 * dayMs

// POST /backtests (202, it runs), GET /backtests/:id (how far it is, and what came of it), DELETE /backtests/:id (stop it)
export const newBacktest = z
  .strictObject({
    policy: policyId.nullable().default(null).meta({ description: "One that the server has" }),
    policies: z.array(policy).max(20).default([]).meta({ description: "Ones that it need not have" }),
    since: millis.int().meta({ description: "Not before" }),
    until: millis.int().nullable().default(null).meta({ description: "Not after; null: now" }),
  })
  .refine(({ policy: id, policies }) => (id === null) !== (policies.length === 0), {
    error: "name a policy that the server has, or give policies; not both",
  })
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
