import { type AddCommand, examples } from "../../command.ts"
import { addRuleOptions, type RuleFlags, ruleChoice } from "../../rule-options.ts"
import { printable } from "../../text.ts"

interface Flags extends RuleFlags {
  readonly ftw: string[]
  readonly overrides?: string[]
}

const maxShown = 50

const notes = `
The tests are those of go-ftw (https://github.com/coreruleset/go-ftw). They run in process, without a server: a request is what go-ftw
would send, the answer what its test server would give, and what a rule logs is what it matched. A test that an override file lists
passes with either expectation: its own or that of the override.

Exit codes:
  0  every test passed
  1  a test failed
  2  the command line, the rules or the tests are wrong
`

export const addTest: AddCommand = (group, run) => {
  const command = group
    .command("test")
    .description("run regression tests in FTW format")
    .argument("[tests...]", "only tests whose name begins with one of these (942100, 942100-3)")
    .requiredOption("--ftw <paths...>", "test files, or folders of them")
  addRuleOptions(command, 4)
    .option("--overrides <files...>", "expectations that differ for engines of a kind")
    .addHelpText(
      "after",
      notes +
        examples(
          "thwart rules test --rules ~/coreruleset --ftw ~/coreruleset/tests/regression/tests",
          "thwart rules test 942100 --rules ~/coreruleset --ftw tests --overrides nginx-overrides.yaml",
        ),
    )
    .action(
      run(async (context, only: string[], flags: Flags) => {
        const { err } = context.deps
        const report = context.deps.rules.test(
          { ...ruleChoice(flags, context.dataDir), ftw: flags.ftw, overrides: flags.overrides ?? [], only },
          (done, of) => {
            if (err.isTty && !context.json) err.write(`\r${done} of ${of} tests`)
          },
        )
        if (err.isTty && !context.json) err.write("\r\u001b[K")
        if (context.json) context.printJson(report)
        else {
          for (const { test, expected, got } of report.failures.slice(0, maxShown))
            context.print(`${context.paint.bold(test)}: expected ${printable(expected)}; got ${printable(got)}\n`)
          if (report.failures.length > maxShown)
            context.print(context.paint.dim(`… and ${report.failures.length - maxShown} more; --json prints all\n`))
          context.print(`${report.passed} passed, ${report.failed} failed, ${report.ignored} ignored\n`)
        }
        context.exit(report.failed > 0 ? 1 : 0)
      }),
    )
}
