import { formatDiagnostic } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

const exitCodes = `
Exit codes:
  0  the rules are good
  2  there are mistakes: the rules would not be loaded
`

export const addCheck: AddCommand = (group, run) => {
  group
    .command("check")
    .description("read intent and clustering rules and tell every mistake in them, with file, line and column")
    .argument("[files...]", "YAML files of rules, or folders of them (default: those that come with Thwart)")
    .option("--show", "print each rule as an English sentence")
    .addHelpText(
      "after",
      exitCodes + examples("thwart correlation check --show", "thwart correlation check mine.yaml rules/"),
    )
    .action(
      run(async (context, paths: string[], flags: { readonly show?: boolean }) => {
        const { rules, files, diagnostics } = context.deps.correlation.check(paths)
        if (context.json) context.printJson({ rules, files, diagnostics })
        else {
          for (const { id, enabled, sentence } of flags.show === true ? rules : [])
            context.print(`${context.paint.bold(printable(id))}${enabled ? "" : " (off)"}: ${printable(sentence)}\n`)
          for (const diagnostic of diagnostics) context.print(`${printable(formatDiagnostic(diagnostic))}\n`)
          context.print(`${rules.length} rules in ${files} files, ${diagnostics.length} mistakes\n`)
        }
        context.exit(diagnostics.length > 0 ? 2 : 0)
      }),
    )
}
