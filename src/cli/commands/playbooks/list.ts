import { playbooks } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable, spoken } from "../../text.ts"

export const addList: AddCommand = (group, run) => {
  group
    .command("list")
    .description("list the playbooks that run on a server, each as a sentence")
    .addHelpText("after", examples("thwart playbooks list", "thwart playbooks list --json"))
    .action(
      run(async (context) => {
        const { items } = await (await context.server()).get("/playbooks", playbooks)
        if (context.json) {
          for (const one of items) context.printJson(one)
          return
        }
        for (const { playbook, sentence, problems } of items) {
          const state = playbook.enabled ? playbook.mode : "off"
          context.print(`${context.paint.bold(playbook.id)} (${state}): ${spoken(sentence)}\n`)
          for (const problem of problems) context.print(`  ${context.paint.yellow("!")} ${printable(problem)}\n`)
        }
        if (items.length === 0)
          context.print(
            'There is no playbook. Name files of them in thwart.yaml, or add some with "thwart playbooks set".\n',
          )
      }),
    )
}
