import { Argument } from "commander"
import { type ModeChange, modeChange } from "../../../api/contract/index.ts"
import { type Mode, mode as modes, ThwartError } from "../../../core/index.ts"
import type { Client } from "../../client.ts"
import { type AddCommand, type Context, examples } from "../../command.ts"
import { parseDuration } from "../../duration.ts"
import { type Since, sinceOption } from "../backtest.ts"
import { printOutcomes } from "../recommendations/report.ts"
import { lookBackOn } from "./before-automatic.ts"
import { conductOf } from "./conduct.ts"

interface Flags {
  readonly since: Since
  readonly for?: number | null
  readonly keepPending?: boolean
  readonly yes?: boolean
  readonly reason: string
}

interface Wish {
  readonly id: string
  readonly wanted: Mode
  readonly flags: Flags
}

export const mode: AddCommand = (group, run) => {
  group
    .command("mode")
    .description(
      "let a policy act by itself (automatic), propose (interactive), or only show what it would do (monitor); to automatic only after showing what it would have done and what of the pending it accepts, and asking",
    )
    .argument("<policy>", "its id")
    .addArgument(new Argument("<mode>", "how it shall act").choices(modes.options))
    .addOption(sinceOption())
    .option("--yes", "do not ask: go on, and accept what is pending unless it is left")
    .option("--keep-pending", "leave what is pending to be decided")
    .option("--for <duration>", "how long what is accepted lasts; without it as long as the policy says", parseDuration)
    .option("--reason <text>", "why, for everybody who looks later", "changed by hand")
    .addHelpText(
      "after",
      examples(
        "thwart policy mode thwart/contain-chain interactive",
        "thwart policy mode thwart/contain-chain automatic        # shows what it would do, and asks",
        "thwart policy mode thwart/contain-chain automatic --yes",
      ),
    )
    .action(
      run(async (context, id: string, wanted: Mode, flags: Flags) =>
        changeMode(context, await context.server(), { id, wanted, flags }),
      ),
    )
}

/** What the policy would have done, then what becomes of what is pending, then the question, then the change. */
async function changeMode(context: Context, client: Client, { id, wanted, flags }: Wish): Promise<void> {
  const { for: durationMs, keepPending, yes, reason: why } = flags
  const path = `/policies/${encodeURIComponent(id)}/mode`
  const wish = { mode: wanted, pending: keepPending === true ? "keep" : "accept", durationMs, why }
  const result = await lookBackOn(context, client, { id, wanted, since: flags.since })
  const preview = await client.send("POST", path, { ...wish, preview: true }, modeChange)
  const asks = yes !== true && (result !== undefined || preview.items.length > 0)
  if (asks && !(await isAgreed(context, preview, { id, wanted }))) {
    context.exit(1)
    if (context.json) context.printJson(preview)
    return
  }
  const change = await client.send("POST", path, { ...wish, expected: preview.items.length }, modeChange)
  if (context.json) return context.printJson(change)
  printOutcomes(context, change.items)
  context.print(`${id}: ${conductOf(change.policy)}${change.kept > 0 ? ` ${change.kept} stay pending.` : ""}\n`)
}

/** Lists what becomes of what is pending, and asks. */
async function isAgreed(
  context: Context,
  { items }: ModeChange,
  { id, wanted }: Pick<Wish, "id" | "wanted">,
): Promise<boolean> {
  if (!context.json) {
    printOutcomes(context, items)
    if (items.length > 0)
      context.print(
        `Nothing was changed yet. This becomes of the ${items.length} that are pending: --yes goes on, --keep-pending leaves them to be decided.\n`,
      )
  }
  const agreed = await context.deps.confirm(`Switch ${id} to ${wanted}?`)
  if (agreed === undefined && items.length > 0) return false
  if (agreed === undefined)
    throw new ThwartError("THWART_USAGE", `${id} is not switched: nobody can be asked here; give --yes to switch it`)
  if (agreed === false) context.deps.err.write(`${id} is not switched\n`)
  return agreed
}
