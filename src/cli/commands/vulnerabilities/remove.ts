import { z } from "zod"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

export const removeReport: AddCommand = (group, run) => {
  group
    .command("remove")
    .description("remove a report: what it told is not known any more")
    .argument("<id>", "the report's id")
    .addHelpText("after", examples("thwart vulnerabilities remove vul_0c86…"))
    .action(
      run(async (context, id: string) => {
        await (await context.server()).send("DELETE", `/vulnerabilities/${encodeURIComponent(id)}`, undefined, z.null())
        if (!context.json) context.print(`${printable(id)} is removed\n`)
      }),
    )
}
