import { type AddCommand, type Context, examples } from "../command.ts"
import type { Inspection } from "../deps.ts"
import { addRuleOptions, type RuleFlags, ruleChoice } from "../rule-options.ts"
import { printable, table } from "../text.ts"

interface Flags extends RuleFlags {
  readonly all?: boolean
}

const outcomes = `
What became of a rule:
  matched      it matched
  no match     it ran and did not match
  prefilter    none of the values it looks at has the literals and bytes that a match needs
  value        the one variable it compares has another value
  removed      a rule before it took it away (ctl)
  skipped      the rule that is named skipped it
  not reached  the rules stopped before it (allow, ctl:ruleEngine=Off)

Exit codes:
  0  the request would pass
  1  it would raise an alert
  2  the command line or the rules are wrong
`

export const inspect: AddCommand = (program, run) => {
  const command = program
    .command("inspect")
    .description(
      "run one raw request through every rule, and tell of each whether it matched, or why it was passed over",
    )
    .argument("[file]", "the request as it is sent, headers and body (default: standard input)")
  addRuleOptions(command)
    .option("--all", "show every rule, not only those that matched or ran")
    .addHelpText(
      "after",
      outcomes +
        examples(
          "thwart inspect --rules crs request.http",
          "printf 'GET /?id=1%%27+or+1=1-- HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' | thwart inspect --paranoia-level 4 --all --json",
        ),
    )
    .action(
      run(async (context, file: string | undefined, flags: Flags) => {
        const raw = await context.deps.rules.readInput(file)
        const inspection = context.deps.rules.inspect({ ...ruleChoice(flags, context.dataDir), raw })
        if (context.json) context.printJson(inspection)
        else show(context, inspection, flags.all === true)
        context.exit(inspection.isAlert ? 1 : 0)
      }),
    )
}

function show(context: Context, { rules, score, threshold, isAlert, micros }: Inspection, all: boolean): void {
  const shown = rules.filter(({ outcome }) => all || outcome === "matched" || outcome === "no match")
  context.print(
    table(
      shown,
      [
        { name: "phase", of: ({ phase }) => String(phase) },
        { name: "rule", of: ({ id }) => String(id) },
        { name: "outcome", of: ({ outcome, by }) => (by === null ? outcome : `${outcome} by ${by}`) },
        { name: "µs", of: (rule) => rule.micros.toFixed(1) },
        { name: "matched", of: ({ matches }) => matches.map(shownMatch).join("; "), flexible: true },
        { name: "message", of: ({ message }) => message, flexible: true },
      ],
      context.deps.out.columns,
    ),
  )
  const counts = new Map<string, number>()
  for (const { outcome } of rules) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  context.print(context.paint.dim(`${[...counts].map(([outcome, count]) => `${outcome} ${count}`).join(", ")}\n`))
  const verdict = isAlert ? context.paint.bold("alert") : "no alert"
  context.print(`score ${score}, threshold ${threshold}: ${verdict} (${micros.toFixed(0)} µs, the first run of all)\n`)
}

// Enough to see what it was.
const maxMatch = 60

function shownMatch({ variable, text, offset, length }: Inspection["rules"][number]["matches"][number]): string {
  return printable(`${variable}: ${text.slice(offset, offset + Math.min(length, maxMatch))}`)
}
