import { z } from "zod"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

export const enable: AddCommand = (group, run) => {
  group
    .command("enable")
    .description("turn a rule on again")
    .argument("<rule>", "the rule's id")
    .option("--node <id>", "where it was turned off on this node only")
    .addHelpText("after", examples("thwart rules enable 942100", "thwart rules enable 920350 --node web1"))
    .action(
      run(async (context, id: string, { node }: { readonly node?: string }) => {
        await (await context.server()).send(
          "POST",
          `/rules/${encodeURIComponent(id)}/enable`,
          { node: node ?? null },
          z.null(),
        )
        if (!context.json)
          context.print(`${printable(`${id} is on ${node === undefined ? "again" : `on ${node} again`}`)}\n`)
      }),
    )
}
