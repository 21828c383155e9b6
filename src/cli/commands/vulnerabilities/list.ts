import { vulnerabilityReports } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { table } from "../../text.ts"
import { reportColumns } from "./report-columns.ts"

export const listReports: AddCommand = (group, run) => {
  group
    .command("list")
    .description("list the reports that were imported")
    .addHelpText("after", examples("thwart vulnerabilities list", "thwart vulnerabilities list --json"))
    .action(
      run(async (context) => {
        const { items } = await (await context.server()).get("/vulnerabilities", vulnerabilityReports)
        if (context.json) for (const one of items) context.printJson(one)
        else
          context.print(
            items.length === 0 ? "No report was imported.\n" : table(items, reportColumns, context.deps.out.columns),
          )
      }),
    )
}
