import { formatDiagnostic } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { printable } from "../../text.ts"

const exitCodes = `
Exit codes:
  0  the rules are good
  1  there are warnings
  2  there are mistakes: the rules would not be loaded
`

export const addCheck: AddCommand = (group, run) => {
  group
    .command("check")
    .description("read rules and tell every mistake in them, with file, line and column")
    .argument("[paths...]", "SecLang files, folders, or a checkout of the Core Rule Set (default: the starter rules)")
    .addHelpText("after", exitCodes + examples("thwart rules check", "thwart rules check ~/coreruleset local.conf"))
    .action(
      run(async (context, paths: string[]) => {
        const { rules, diagnostics } = context.deps.rules.check(paths)
        const errors = diagnostics.filter(({ severity }) => severity === "error").length
        const warnings = diagnostics.length - errors
        if (context.json) context.printJson({ rules: rules.length, errors, warnings, diagnostics })
        else {
          for (const diagnostic of diagnostics) context.print(`${printable(formatDiagnostic(diagnostic))}\n`)
          context.print(`${rules.length} rules, ${errors} mistakes, ${warnings} warnings\n`)
        }
        context.exit(errors > 0 ? 2 : warnings > 0 ? 1 : 0)
      }),
    )
}
