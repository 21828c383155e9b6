import { Argument } from "commander"
import { modeChange } from "../../../api/contract/index.ts"
import { mode as modes } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { parseDuration } from "../../duration.ts"
import { printOutcomes } from "../recommendations/report.ts"
import { conductOf } from "./conduct.ts"

interface Flags {
  readonly for?: number | null
  readonly keepPending?: boolean
  readonly yes?: boolean
  readonly reason: string
}

export const mode: AddCommand = (group, run) => {
  group
    .command("mode")
    .description(
      "let a policy act by itself (automatic), propose (interactive), or only show what it would do (monitor)",
    )
    .argument("<policy>", "its id")
    .addArgument(new Argument("<mode>", "how it shall act").choices(modes.options))
    .option("--yes", "from interactive to automatic: accept what is pending, as the preview listed it")
    .option("--keep-pending", "leave what is pending to be decided")
    .option("--for <duration>", "how long what is accepted lasts; without it as long as the policy says", parseDuration)
    .option("--reason <text>", "why, for everybody who looks later", "changed by hand")
    .addHelpText(
      "after",
      examples(
        "thwart policy mode thwart/contain-chain interactive",
        "thwart policy mode thwart/contain-chain automatic        # lists what would be accepted",
        "thwart policy mode thwart/contain-chain automatic --yes",
      ),
    )
    .action(
      run(async (context, id: string, wanted: string, { for: durationMs, keepPending, yes, reason: why }: Flags) => {
        const client = await context.server()
        const path = `/policies/${encodeURIComponent(id)}/mode`
        const wish = { mode: wanted, pending: keepPending === true ? "keep" : "accept", durationMs, why }
        const preview = await client.send("POST", path, { ...wish, preview: true }, modeChange)
        const asks = preview.items.length > 0 && yes !== true
        const change = asks
          ? preview
          : await client.send("POST", path, { ...wish, expected: preview.items.length }, modeChange)
        context.exit(asks ? 1 : 0)
        if (context.json) return context.printJson(change)
        printOutcomes(context, change.items)
        if (asks)
          context.print(
            `Nothing was changed yet. This becomes of the ${change.items.length} that are pending: --yes goes on, --keep-pending leaves them to be decided.\n`,
          )
        else
          context.print(`${id}: ${conductOf(change.policy)}${change.kept > 0 ? ` ${change.kept} stay pending.` : ""}\n`)
      }),
    )
}
