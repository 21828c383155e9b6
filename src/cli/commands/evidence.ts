import { z } from "zod"
import { type AddCommand, examples } from "../command.ts"
import { printable } from "../text.ts"

export const evidence: AddCommand = (program, run) => {
  program
    .command("evidence")
    .description("print what was found on a node before it was quarantined, as JSON")
    .argument("<countermeasure>", "its id (cm_…)")
    .addHelpText("after", examples("thwart evidence cm_01k…"))
    .action(
      run(async (context, id: string) => {
        const found = await (await context.server()).get(
          `/countermeasures/${encodeURIComponent(id)}/evidence`,
          z.unknown(),
        )
        if (context.json) context.printJson(found)
        else context.print(`${JSON.stringify(found, null, 2).split("\n").map(printable).join("\n")}\n`)
      }),
    )
}
