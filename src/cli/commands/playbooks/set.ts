import { playbooks } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { spoken } from "../../text.ts"

export const addSet: AddCommand = (group, run) => {
  group
    .command("set")
    .description("make or change the playbooks of a YAML file on a server, and tell each as a sentence")
    .argument("<file>", "a YAML file")
    .addHelpText("after", examples("thwart playbooks set mine.yaml"))
    .action(
      run(async (context, file: string) => {
        const body = { text: context.deps.playbooks.read(file), file }
        const { items } = await (await context.server()).send("PUT", "/playbooks", body, playbooks)
        for (const one of items) {
          const { playbook, sentence } = one
          if (context.json) context.printJson(one)
          else context.print(`${playbook.id} (${playbook.enabled ? playbook.mode : "off"}): ${spoken(sentence)}\n`)
        }
      }),
    )
}
