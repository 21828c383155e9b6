import { playbookRunPage, shownPlaybook } from "../../../api/contract/index.ts"
import { durationInWords } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable, spoken } from "../../text.ts"
import { runLines } from "./run-lines.ts"

const shownRuns = 5

export const addShow: AddCommand = (group, run) => {
  group
    .command("show")
    .description("show a playbook with its last runs")
    .argument("<playbook>", "its id")
    .addHelpText("after", examples("thwart playbooks show shop/web-shell"))
    .action(
      run(async (context, id: string) => {
        const client = await context.server()
        const shown = await client.get(`/playbooks/${encodeURIComponent(id)}`, shownPlaybook)
        const query = new URLSearchParams({ playbook: id, limit: String(shownRuns) })
        const runs = await client.get(`/playbook-runs?${query}`, playbookRunPage)
        if (context.json) return context.printJson({ ...shown, runs: runs.items })
        const { playbook, sentence, file, problems } = shown
        const lines = [
          `${playbook.id}  ${playbook.name}`,
          `  ${playbook.enabled ? playbook.mode : "off"}, ${file === null ? "in the store" : `in ${file}`}`,
          `  what it is about belongs to one run for ${durationInWords(playbook.everyMs)}`,
          ...problems.map((problem) => `  ! ${problem}`),
        ]
        context.print(`${lines.map(printable).join("\n")}\n  ${spoken(sentence)}\n`)
        context.print(runs.items.length === 0 ? "It has not run.\n" : "Its last runs:\n")
        for (const one of runs.items) context.print(runLines(one, context.paint))
      }),
    )
}
