import { InvalidArgumentError, Option } from "commander"
import { eventTypes } from "../../../core/index.ts"
import { type AddCommand, examples } from "../../command.ts"
import { collect } from "../../rule-options.ts"
import { jsonOutput, textOutput } from "./test-output.ts"

interface Flags {
  readonly rules?: string[]
  readonly events: string[]
  readonly format?: string
  readonly explain?: number
  readonly all?: boolean
}

const notes = `
What became of an event at a rule:
  raised      it is an alert
  counted     it matched, and the rule's threshold was not reached yet
  aggregated  it matched, and an alert of the same window stands for it
  suppressed  it matched, and so did a suppression of the rule
  no match    it did not match; --explain tells what would have to be otherwise
  off         the rule is turned off (--all runs it)

Exit codes:
  0  nothing was found
  1  something was found
  2  the command line or the rules are wrong
  3  a file could not be read
`

export const addTest: AddCommand = (group, run) => {
  group
    .command("test")
    .description("hold recorded events against event rules, and tell what each would have raised")
    .requiredOption("--events <files...>", "files with records, gzip or not; - is standard input")
    .option(
      "--rules <path>",
      "event rules: a file or a folder; may be given again (default: those that come with Thwart)",
      collect,
    )
    .addOption(
      new Option("--format <format>", "what the records are (default: by their content)").choices([...eventTypes]),
    )
    .option("--explain <number>", "tell of every rule what became of this event, and why", eventNumber)
    .option("--all", "run rules that are turned off too")
    .addHelpText(
      "after",
      notes +
        examples(
          "thwart events test --events /var/log/audit/audit.log",
          "thwart events test --rules mine.yaml --events falco.json --explain 3",
          "zcat *_CloudTrail_*.json.gz | thwart events test --events - --format cloudtrail --json",
        ),
    )
    .action(
      run(async (context, flags: Flags) => {
        const { rules = [], events, format, explain, all = false } = flags
        const output = context.json ? jsonOutput(context) : textOutput(context, explain)
        const report = await context.deps.events.test(
          { rules, events, format, explain, all },
          output.on,
          context.signal,
        )
        output.end(report)
        context.exit(output.problems() > 0 ? 3 : report.alerts > 0 ? 1 : 0)
      }),
    )
}

function eventNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`"${text}" is not a number from 1 on`)
}
