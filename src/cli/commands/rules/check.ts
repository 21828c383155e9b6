import { formatDiagnostic } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { addRuleOptions, type RuleFlags, ruleChoice } from "../../rule-options.ts"
import { printable } from "../../text.ts"

const exitCodes = `
Exit codes:
  0  the rules are good
  1  there are warnings
  2  there are mistakes: the rules would not be loaded
`

export const addCheck: AddCommand = (group, run) => {
  const command = group
    .command("check")
    .description("read rules and tell every mistake in them, with file, line and column")
    .argument("[rules...]", "as --rules: files, folders, or names of what was fetched")
  addRuleOptions(command)
    .addHelpText(
      "after",
      exitCodes +
        examples("thwart rules check", "thwart rules check ~/coreruleset local.conf", "thwart rules check crs"),
    )
    .action(
      run(async (context, paths: string[], { rules = [], ...flags }: RuleFlags) => {
        const choice = ruleChoice({ ...flags, rules: [...rules, ...paths] }, context.dataDir)
        const { rules: loaded, diagnostics } = context.deps.rules.check(choice)
        const errors = diagnostics.filter(({ severity }) => severity === "error").length
        const warnings = diagnostics.length - errors
        if (context.json) context.printJson({ rules: loaded.length, errors, warnings, diagnostics })
        else {
          for (const diagnostic of diagnostics) context.print(`${printable(formatDiagnostic(diagnostic))}\n`)
          context.print(`${loaded.length} rules, ${errors} mistakes, ${warnings} warnings\n`)
        }
        context.exit(errors > 0 ? 2 : warnings > 0 ? 1 : 0)
      }),
    )
}
