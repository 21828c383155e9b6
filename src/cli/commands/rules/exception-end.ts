import { ruleException } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"

export const end: AddCommand = (group, run) => {
  group
    .command("end")
    .description("end an exception now; it stays in the list of those that ended")
    .argument("<id>", "the exception's id")
    .addHelpText("after", examples("thwart rules exception end exc_01k…"))
    .action(
      run(async (context, id: string) => {
        const path = `/rule-exceptions/${encodeURIComponent(id)}`
        const ended = await (await context.server()).send("PATCH", path, { end: true }, ruleException)
        if (context.json) context.printJson(ended)
        else context.print(`${ended.id} has ended: ${ended.rules} counts again\n`)
      }),
    )
}
