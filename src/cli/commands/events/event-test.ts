import { basename } from "node:path"
import { InvalidArgumentError, Option } from "commander"
import { eventTypes } from "../../../core/index.ts"
import { type AddCommand, type Context, examples } from "../../command.ts"
import type { EventPlace, EventTestReport } from "../../deps.ts"
import { printable, table } from "../../text.ts"

interface Flags {
  readonly rules?: string[]
  readonly events: string[]
  readonly format?: string
  readonly explain?: number
  readonly all?: boolean
}

const maxShown = 100
const maxUnread = 10

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
      "--rules <paths...>",
      "YAML files of event rules, or folders of them (default: those that come with Thwart)",
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
        const found: Found[] = []
        const unread: { readonly file: string; readonly line: number; readonly reason: string }[] = []
        let problems = 0
        const report = await context.deps.events.test(
          {
            rules: flags.rules ?? [],
            events: flags.events,
            format: flags.format,
            explain: flags.explain,
            all: flags.all === true,
          },
          {
            onAlert: (one) => {
              if (context.json) context.printJson({ kind: "alert", ...one })
              else if (found.length < maxShown) found.push(one)
            },
            onExplained: (told) => {
              if (context.json) context.printJson({ kind: "explained", ...told })
              else explain(context, told)
            },
            onUnread: (one) => {
              if (context.json) context.printJson({ kind: "unread", ...one })
              else if (unread.length < maxUnread) unread.push(one)
            },
            onProblem: (problem) => {
              problems++
              if (context.json) context.printJson({ kind: "problem", ...problem })
              else context.deps.err.write(`thwart: ${printable(problem.file)}: ${problem.message} [${problem.code}]\n`)
            },
          },
          context.signal,
        )
        if (context.json) context.printJson({ kind: "summary", ...report })
        else if (flags.explain === undefined) {
          showAlerts(context, found)
          for (const { file, line, reason } of unread)
            context.deps.err.write(`thwart: ${printable(file)}:${line}: ${reason}\n`)
          showCounts(context, report)
        } else if (flags.explain > report.events)
          context.deps.err.write(`thwart: there are only ${report.events} events\n`)
        context.exit(problems > 0 ? 3 : report.alerts > 0 ? 1 : 0)
      }),
    )
}

type Found = Parameters<Parameters<Context["deps"]["events"]["test"]>[1]["onAlert"]>[0]

function eventNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`"${text}" is not a number from 1 on`)
}

function explain(
  { print, paint }: Context,
  {
    rule,
    outcome,
    why,
  }: EventPlace & { readonly rule: string; readonly outcome: string; readonly why: readonly string[] },
): void {
  print(`${paint.bold(rule)}: ${outcome}\n`)
  for (const reason of why) print(`  ${printable(reason)}\n`)
}

function showAlerts(context: Context, found: readonly Found[]): void {
  if (found.length === 0) return
  context.print(
    table(
      found,
      [
        { name: "event", of: ({ event }) => String(event) },
        { name: "time", of: ({ alert }) => new Date(alert.at).toISOString().replace("T", " ").slice(0, 19) },
        { name: "severity", of: ({ alert }) => alert.severity },
        { name: "rule", of: ({ alert }) => alert.contributions[0]?.rule ?? "" },
        { name: "title", of: ({ alert }) => alert.title, flexible: true },
        { name: "where", of: ({ file, line }) => `${basename(file)}:${line}` },
      ],
      context.deps.out.columns,
    ),
  )
  context.print("\n")
}

function showCounts(context: Context, { events, alerts, rules, skipped, evicted }: EventTestReport): void {
  const matched = rules.filter(
    ({ raised, counted, aggregated, suppressed }) => raised + counted + aggregated + suppressed > 0,
  )
  if (matched.length > 0) {
    context.print(
      table(
        matched,
        [
          { name: "rule", of: ({ rule }) => rule },
          { name: "raised", of: ({ raised }) => String(raised) },
          { name: "counted", of: ({ counted }) => String(counted) },
          { name: "aggregated", of: ({ aggregated }) => String(aggregated) },
          { name: "suppressed", of: ({ suppressed }) => String(suppressed) },
        ],
        context.deps.out.columns,
      ),
    )
    context.print("\n")
  }
  context.print(
    `${events} events, ${alerts} alerts${alerts > maxShown ? ` (${maxShown} shown; --json prints all)` : ""}\n`,
  )
  for (const [reason, count] of Object.entries(skipped)) context.print(`skipped: ${reason} ${count}\n`)
  if (evicted > 0) context.print(`${evicted} keys were forgotten to bound the memory; some alerts may be repeated\n`)
}
