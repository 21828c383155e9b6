import { notes } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

export const comment: AddCommand = (group, run) => {
  group
    .command("comment")
    .description("note something on an incident, for whoever looks at it next")
    .argument("<id>", "the incident's id")
    .argument("<text>", "what to note")
    .addHelpText("after", examples('thwart incidents comment inc_4f… "our own scanner, asked the network team"'))
    .action(
      run(async (context, id: string, text: string) => {
        const path = `/incidents/${encodeURIComponent(id)}/comments`
        const after = await (await context.server()).send("POST", path, { text }, notes)
        if (context.json) context.printJson(after)
        else context.print(`noted on ${printable(id)}, which has ${after.comments.length} comments\n`)
      }),
    )
}
