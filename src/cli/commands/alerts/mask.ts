import { maskReport } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"

interface Wording {
  readonly name: string
  readonly masked: boolean
  readonly description: string
  readonly example: string
}

export const mask = maskCommand({
  name: "mask",
  masked: true,
  description: "let alerts count nowhere: incidents are worked out anew, and what rests on these alone ends",
  example: 'thwart alerts mask alr_01k… alr_01m… --reason "our own scanner"',
})

export const unmask = maskCommand({
  name: "unmask",
  masked: false,
  description: "let masked alerts count again; what is seen next counts with them",
  example: 'thwart alerts unmask alr_01k… --reason "it was none of ours"',
})

function maskCommand({ name, masked, description, example }: Wording): AddCommand {
  return (group, run) => {
    group
      .command(name)
      .description(description)
      .argument("<ids...>", "the alerts' ids, 200 at most")
      .requiredOption("--reason <text>", "why, for whoever asks later")
      .addHelpText("after", examples(example))
      .action(
        run(async (context, ids: readonly string[], { reason }: { readonly reason: string }) => {
          const body = { alerts: ids, masked, why: reason }
          const report = await (await context.server()).send("POST", "/alerts/mask", body, maskReport)
          if (context.json) return context.printJson(report)
          const { alerts, incidents, ended } = report
          const lines = [
            `${alerts.length} of ${ids.length} alerts ${masked ? "masked" : "unmasked"}`,
            ...incidents.map(
              ({ id, stages, status }) =>
                `${id}: ${stages.length} ${stages.length === 1 ? "stage" : "stages"}, ${status}`,
            ),
            ...ended.map((id) => `${id} ended`),
          ]
          context.print(`${lines.join("\n")}\n`)
        }),
      )
  }
}
