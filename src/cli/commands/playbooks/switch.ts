import { shownPlaybook } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"

const adding =
  (verb: "enable" | "disable", about: string): AddCommand =>
  (group, run) => {
    group
      .command(verb)
      .description(about)
      .argument("<playbook>", "its id")
      .addHelpText("after", examples(`thwart playbooks ${verb} shop/web-shell`))
      .action(
        run(async (context, id: string) => {
          const path = `/playbooks/${encodeURIComponent(id)}/${verb}`
          const shown = await (await context.server()).send("POST", path, {}, shownPlaybook)
          if (context.json) return context.printJson(shown)
          const { playbook } = shown
          context.print(`${playbook.id} is ${playbook.enabled ? `on (${playbook.mode})` : "off"}\n`)
        }),
      )
  }

export const addEnable = adding("enable", "turn a playbook on, also one of a file")
export const addDisable = adding("disable", "turn a playbook off, also one of a file, until it is enabled")
