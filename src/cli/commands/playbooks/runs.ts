import { InvalidArgumentError, Option } from "commander"
import { playbookRunPage } from "../../../api/contract/index.ts"
import { runStates } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { runLines } from "./run-lines.ts"

interface Flags {
  readonly state?: string
  readonly limit: number
}

export const addRuns: AddCommand = (group, run) => {
  group
    .command("runs")
    .description("list what playbooks did or propose, newest first")
    .argument("[playbook]", "of this one only")
    .addOption(new Option("--state <state>", "those only").choices([...runStates]))
    .option("--limit <number>", "at most so many", atMost1000, 20)
    .addHelpText("after", examples("thwart playbooks runs", "thwart playbooks runs --state proposed"))
    .action(
      run(async (context, playbook: string | undefined, { state, limit }: Flags) => {
        const query = new URLSearchParams({ limit: String(limit) })
        if (playbook !== undefined) query.set("playbook", playbook)
        if (state !== undefined) query.set("state", state)
        const { items } = await (await context.server()).get(`/playbook-runs?${query}`, playbookRunPage)
        for (const one of items) {
          if (context.json) context.printJson(one)
          else context.print(runLines(one, context.paint))
        }
        if (items.length === 0 && !context.json) context.print("There is no such run.\n")
      }),
    )
}

function atMost1000(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number
  throw new InvalidArgumentError("it is a number from 1 to 1000")
}
