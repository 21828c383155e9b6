import { policies } from "../../../api/contract/index.ts"
import { type BacktestResult, type Mode, ThwartError } from "../../../core/index.ts"
import { runBacktest, showBacktest } from "../../backtest.ts"
import type { Client } from "../../client.ts"
import type { Context } from "../../command.ts"
import type { Since } from "../backtest.ts"

interface Switch {
  readonly id: string
  readonly wanted: Mode
  readonly since: Since
}

/** Shows what a policy would have done before it becomes automatic; undefined when it does not, or is so already. */
export async function lookBackOn(
  context: Context,
  client: Client,
  { id, wanted, since }: Switch,
): Promise<BacktestResult | undefined> {
  if (wanted !== "automatic") return undefined
  const found = (await client.get("/policies", policies)).items.find((one) => one.id === id)
  if (found === undefined)
    throw new ThwartError("THWART_NOT_FOUND", `there is no policy "${id}"; "thwart list policies" shows them`)
  if (found.mode === wanted) return undefined
  const result = await runBacktest(context, client, { policy: found.id, since: since(context.deps.now()) })
  if (context.json) context.printJson(result)
  else showBacktest(context, result)
  return result
}
