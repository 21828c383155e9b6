import { ruleDetail } from "../../../api/contract/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable, table } from "../../text.ts"
import { exceptionColumns, falsePositiveRate } from "./rule-columns.ts"

export const show: AddCommand = (group, run) => {
  group
    .command("show")
    .description("show a rule, where it is off, and its exceptions")
    .argument("<rule>", "the rule's id")
    .addHelpText("after", examples("thwart rules show 942100"))
    .action(
      run(async (context, id: string) => {
        const detail = await (await context.server()).get(`/rules/${encodeURIComponent(id)}`, ruleDetail)
        if (context.json) return context.printJson(detail)
        const { rule, switches, exceptions } = detail
        const lines = [
          `${rule.id}  ${rule.message}`,
          `  ${rule.state}, ${rule.direction}, severity ${rule.severity ?? "none"}, paranoia level ${rule.paranoia ?? "none"}`,
          `  ${rule.file}:${rule.line}`,
          `  ${rule.tags.join(", ")}`,
          `  ${rule.hits} hits, false positives ${falsePositiveRate(rule)}`,
          ...switches.map(({ node, by, reason }) => `  off ${node ?? "everywhere"}, by ${by}: ${reason}`),
        ]
        context.print(`${lines.map(printable).join("\n")}\n`)
        if (exceptions.length > 0)
          context.print(`\n${table(exceptions, exceptionColumns(context.deps.now()), context.deps.out.columns)}`)
      }),
    )
}
