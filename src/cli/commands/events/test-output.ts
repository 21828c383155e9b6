import { basename } from "node:path"
import type { Context } from "../../command.ts"
import type { EventPlace, EventTestEvents, EventTestReport } from "../../deps.ts"
import { printable, table } from "../../text.ts"

// What a person reads; --json prints all.
const maxShown = 100
const maxUnread = 10

type FoundAlert = Parameters<EventTestEvents["onAlert"]>[0]
type Unread = Parameters<EventTestEvents["onUnread"]>[0]

/** Prints a test as it runs, and at its end. */
export interface TestOutput {
  readonly on: EventTestEvents
  end(report: EventTestReport): void
  /** Files that could not be read. */
  problems(): number
}

/** One value a line, the summary last. */
export function jsonOutput({ printJson }: Context): TestOutput {
  let problems = 0
  return {
    on: {
      onAlert: (one) => printJson({ kind: "alert", ...one }),
      onExplained: (told) => printJson({ kind: "explained", ...told }),
      onUnread: (one) => printJson({ kind: "unread", ...one }),
      onProblem: (problem) => {
        problems++
        printJson({ kind: "problem", ...problem })
      },
    },
    end: (report) => printJson({ kind: "summary", ...report }),
    problems: () => problems,
  }
}

/** Tables for a person; of one event alone where it is explained. */
export function textOutput(context: Context, explained: number | undefined): TestOutput {
  const found: FoundAlert[] = []
  const unread: Unread[] = []
  let problems = 0
  const warn = (text: string) => context.deps.err.write(`thwart: ${printable(text)}\n`)
  return {
    on: {
      onAlert: (one) => void (found.length < maxShown && found.push(one)),
      onExplained: (told) => explain(context, told),
      onUnread: (one) => void (unread.length < maxUnread && unread.push(one)),
      onProblem: ({ file, message, code }) => {
        problems++
        warn(`${file}: ${message} [${code}]`)
      },
    },
    end: (report) => {
      if (explained !== undefined) {
        if (explained > report.events) warn(`there are only ${report.events} events`)
        return
      }
      showAlerts(context, found)
      for (const { file, line, reason } of unread) warn(`${file}:${line}: ${reason}`)
      showCounts(context, report)
    },
    problems: () => problems,
  }
}

/** What became of one event at one rule. */
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

function showAlerts(context: Context, found: readonly FoundAlert[]): void {
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
