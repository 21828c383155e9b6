import { ruleExceptions } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { table } from "../../text.ts"
import { exceptionColumns } from "./rule-columns.ts"

export const listExceptions: AddCommand = (group, run) => {
  group
    .command("list")
    .description("list exceptions with their owners and ends")
    .option("--all", "those that ended too")
    .addHelpText("after", examples("thwart rules exception list", "thwart rules exception list --all --json"))
    .action(
      run(async (context, { all }: { readonly all?: boolean }) => {
        const now = context.deps.now()
        const { items } = await (await context.server()).get("/rule-exceptions", ruleExceptions)
        const shown = items.filter(({ expiresAt }) => all === true || expiresAt === null || expiresAt > now)
        if (context.json) for (const one of shown) context.printJson(one)
        else
          context.print(
            shown.length === 0 ? "No exception.\n" : table(shown, exceptionColumns(now), context.deps.out.columns),
          )
      }),
    )
}
