import { ruleSwitch } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

export const disable: AddCommand = (group, run) => {
  group
    .command("disable")
    .description("turn a rule off, at once and until it is enabled")
    .argument("<rule>", "the rule's id")
    .requiredOption("--reason <text>", "for whoever asks why, later")
    .option("--node <id>", "on this node only")
    .addHelpText(
      "after",
      examples(
        'thwart rules disable 942100 --reason "finds our own reports"',
        'thwart rules disable 920350 --node web1 --reason "called by its address"',
      ),
    )
    .action(
      run(async (context, id: string, { node, reason }: { readonly node?: string; readonly reason: string }) => {
        const path = `/rules/${encodeURIComponent(id)}/disable`
        const off = await (await context.server()).send("POST", path, { node: node ?? null, reason }, ruleSwitch)
        if (context.json) return context.printJson(off)
        const kept = off.reason === reason ? "" : `; it was already, by ${off.by}: ${off.reason}`
        context.print(
          `${printable(`${off.rule} is off ${off.node === null ? "everywhere" : `on ${off.node}`}${kept}`)}\n`,
        )
      }),
    )
}
