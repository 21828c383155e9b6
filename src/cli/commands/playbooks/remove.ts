import { z } from "zod"
import { type AddCommand, examples } from "../../command.ts"

export const addRemove: AddCommand = (group, run) => {
  group
    .command("remove")
    .description('remove a playbook that was made with "set"; what it decided stays in force until its end')
    .argument("<playbook>", "its id")
    .addHelpText("after", examples("thwart playbooks remove shop/web-shell"))
    .action(
      run(async (context, id: string) => {
        await (await context.server()).send("DELETE", `/playbooks/${encodeURIComponent(id)}`, undefined, z.null())
        if (!context.json) context.print(`${id} is removed\n`)
      }),
    )
}
