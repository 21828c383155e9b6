import { playbookRun } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { runLines } from "./run-lines.ts"

const adding =
  (verb: "accept" | "reject", about: string): AddCommand =>
  (group, run) => {
    group
      .command(verb)
      .description(about)
      .argument("<run>", 'its id, as "thwart playbooks runs --state proposed" lists it')
      .addHelpText("after", examples(`thwart playbooks ${verb} run_0f3c…`))
      .action(
        run(async (context, id: string) => {
          const path = `/playbook-runs/${encodeURIComponent(id)}/decision`
          const after = await (await context.server()).send("POST", path, { accept: verb === "accept" }, playbookRun)
          if (context.json) context.printJson(after)
          else context.print(runLines(after, context.paint))
        }),
      )
  }

export const addAccept = adding("accept", "do what a playbook proposes, after the guardrails were asked again")
export const addReject = adding("reject", "leave what a playbook proposes")
