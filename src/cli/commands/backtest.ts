import { Option } from "commander"
import { runBacktest, showBacktest } from "../backtest.ts"
import { subjectFrom } from "../backtest-input.ts"
import { type AddCommand, examples } from "../command.ts"
import { parseSince } from "../duration.ts"

const exitCodes = `
Exit codes:
  0  it would have hurt no friend that is known
  1  it would have hurt a friend, or it could not be told
  2  the command line or the file is wrong
`

export type Since = ReturnType<typeof parseSince>

/** How far back is looked, for everything that looks back. */
export const sinceOption = () =>
  new Option("--since <time>", "how far back: 30d, 12h, or a date such as 2026-12-31 (default: 30d)")
    .argParser(parseSince)
    .default(parseSince("30d"))

interface Flags {
  readonly since: Since
  readonly events?: readonly string[]
}

export const backtest: AddCommand = (program, run) => {
  program
    .command("backtest")
    .description(
      "tell whom a policy or a rule would have blocked or quarantined, by what the server remembers, and which friends",
    )
    .argument(
      "<what>",
      "the id of a policy or a rule, or a YAML file of policies, intent, clustering or event rules; -: standard input",
    )
    .addOption(sinceOption())
    .option("--events <files...>", "files with records of then, for a file of event rules: events are not stored")
    .addHelpText(
      "after",
      exitCodes +
        examples(
          "thwart backtest thwart/contain-chain",
          "thwart backtest draft.yaml --since 7d",
          "thwart backtest my-event-rules.yaml --events /var/log/audit/audit.log",
          "thwart backtest draft.yaml --json | jq .totals",
        ),
    )
    .action(
      run(async (context, wanted: string, flags: Flags) => {
        const since = flags.since(context.deps.now())
        const client = await context.server()
        const subject = await subjectFrom(context, client, { wanted, events: flags.events ?? [] })
        const result = await runBacktest(context, client, { ...subject, since })
        if (context.json) context.printJson(result)
        else showBacktest(context, result)
        context.exit(result.totals.hurt > 0 ? 1 : 0)
      }),
    )
}
