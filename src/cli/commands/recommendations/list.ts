import { recommendations } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { table } from "../../text.ts"
import { recommendationColumns } from "./columns.ts"

export const list: AddCommand = (group, run) => {
  group
    .command("list", { isDefault: true })
    .description("list what is proposed, one row for each policy; * where what is pending differs")
    .addHelpText("after", examples("thwart recommendations list", "thwart recommendations list --json"))
    .action(
      run(async (context) => {
        const { items } = await (await context.server()).get("/recommendations", recommendations)
        if (context.json) for (const one of items) context.printJson(one)
        else
          context.print(
            items.length === 0
              ? "Nothing is proposed.\n"
              : table(items, recommendationColumns(context.deps.now()), context.deps.out.columns),
          )
      }),
    )
}
