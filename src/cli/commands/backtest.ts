import { Option } from "commander"
import type { NewBacktest } from "../../api/contract/index.ts"
import { runBacktest, showBacktest } from "../backtest.ts"
import { type AddCommand, examples } from "../command.ts"
import { parseSince } from "../duration.ts"
import { isPolicyFile, readPolicies } from "../policy-input.ts"

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

export const backtest: AddCommand = (program, run) => {
  program
    .command("backtest")
    .description(
      "tell whom a policy would have blocked or quarantined, by what the server remembers, and which friends",
    )
    .argument(
      "<policy>",
      'the id of a policy, or a YAML file of policies ("thwart policy set" would take); -: standard input',
    )
    .addOption(sinceOption())
    .addHelpText(
      "after",
      exitCodes +
        examples(
          "thwart backtest thwart/contain-chain",
          "thwart backtest draft.yaml --since 7d",
          "thwart backtest draft.yaml --json | jq .totals",
        ),
    )
    .action(
      run(async (context, wanted: string, flags: { readonly since: Since }) => {
        const since = flags.since(context.deps.now())
        const subject: Pick<NewBacktest, "policy" | "policies"> = isPolicyFile(wanted)
          ? { policies: [...(await readPolicies(context, wanted))] }
          : { policy: wanted as NonNullable<NewBacktest["policy"]> }
        const result = await runBacktest(context, await context.server(), { ...subject, since })
        if (context.json) context.printJson(result)
        else showBacktest(context, result)
        context.exit(result.totals.hurt > 0 ? 1 : 0)
      }),
    )
}
