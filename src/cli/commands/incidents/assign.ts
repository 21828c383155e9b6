import { notes } from "../../../api/contract/index.ts"
import { ThwartError } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

export const assign: AddCommand = (group, run) => {
  group
    .command("assign")
    .description("give an incident to somebody, or to nobody")
    .argument("<id>", "the incident's id")
    .argument("[who]", "a person or a team")
    .option("--nobody", "take it back from whoever has it", false)
    .addHelpText("after", examples("thwart incidents assign inc_4f… ada", "thwart incidents assign inc_4f… --nobody"))
    .action(
      run(async (context, id: string, who: string | undefined, { nobody }: { readonly nobody: boolean }) => {
        if ((who === undefined) !== nobody)
          throw new ThwartError("THWART_USAGE", "say who shall have the incident, or --nobody, and not both")
        const path = `/incidents/${encodeURIComponent(id)}/assignee`
        const after = await (await context.server()).send("PUT", path, { assignee: who ?? null }, notes)
        if (context.json) context.printJson(after)
        else context.print(`${printable(id)} is ${after.assignee === null ? "nobody's" : `${after.assignee}'s`}\n`)
      }),
    )
}
