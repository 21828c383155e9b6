import type { DecisionReport } from "../../../api/contract/index.ts"
import type { Proposal } from "../../../core/index.ts"
import type { Context } from "../../command.ts"
import { table } from "../../text.ts"
import { outcomeColumns } from "./columns.ts"

/** What became of each; the exit code is 1 when somebody wanted what is not so now. */
export function printReport(context: Context, { items, notPending, recommendation }: DecisionReport): void {
  if (context.json) for (const one of items) context.printJson(one)
  else {
    printOutcomes(context, items)
    for (const id of notPending) context.print(`${id} was pending no more\n`)
    context.print(
      recommendation === null ? "Nothing of it is left.\n" : `${recommendation.pending} are still pending.\n`,
    )
  }
  const failed = items.some(({ state }) => state === "refused" || state === "withdrawn")
  context.exit(failed || notPending.length > 0 ? 1 : 0)
}

export function printOutcomes(context: Context, items: readonly Proposal[]): void {
  if (items.length > 0) context.print(table(items, outcomeColumns, context.deps.out.columns))
}
