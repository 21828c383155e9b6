import type { Alert } from "../../core/index.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import { progressBar } from "../progress.ts"
import { addRuleOptions, collect, type RuleFlags, ruleChoice } from "../rule-options.ts"
import { printable, table } from "../text.ts"
import { timeline } from "../timeline.ts"

interface Flags extends RuleFlags {
  readonly eventRules?: string[]
  readonly intentRules?: string[]
  readonly homeNet?: string[]
}

// Alerts kept to be printed with their incidents; the rest are counted.
const maxKeptAlerts = 10_000
const maxShownAlerts = 20

const exitCodes = `
Exit codes:
  0  nothing was found
  1  something was found
  2  the command line or the rules are wrong
  3  a file could not be read, or not to its end
`

export const replay: AddCommand = (program, run) => {
  const command = program
    .command("replay")
    .description(
      "find the attacks in captures and logs: pcap, pcapng (both also gzip), nginx and Apache access logs, Suricata EVE JSON, records of Linux audit, Falco, Tetragon and CloudTrail",
    )
    .argument("<files...>", "files to read, in order")
  addRuleOptions(command)
    .option(
      "--event-rules <path>",
      "event rules: a file or a folder; may be given again (default: those that come with Thwart)",
      collect,
    )
    .option(
      "--intent-rules <path>",
      "intent and clustering rules: a file or a folder; may be given again (default: those that come with Thwart)",
      collect,
    )
    .option("--home-net <prefixes...>", "our networks: traffic into them is inbound (default: private ranges)")
    .addHelpText(
      "after",
      exitCodes +
        examples(
          "thwart replay capture.pcapng",
          "thwart replay --rules crs --paranoia-level 2 capture.pcapng",
          "thwart replay --json /var/log/nginx/access.log* | jq 'select(.kind == \"incident\")'",
        ),
    )
    .action(
      run(async (context, files: string[], flags: Flags) => {
        const alerts: Alert[] = []
        let problems = 0
        const bar = progressBar(context.deps.err)
        const summary = await context.deps.replay(
          {
            files,
            ...ruleChoice(flags, context.dataDir),
            eventRules: flags.eventRules ?? [],
            intentRules: flags.intentRules ?? [],
            homeNets: flags.homeNet ?? [],
          },
          {
            onProgress: context.json ? () => undefined : bar.update,
            onAlert: (alert) => {
              if (context.json) context.printJson({ kind: "alert", alert })
              else if (alerts.length < maxKeptAlerts) alerts.push(alert)
            },
            onProblem: (problem) => {
              problems++
              bar.clear()
              if (context.json) context.printJson({ kind: "problem", ...problem })
              else context.deps.err.write(`thwart: ${printable(problem.file)}: ${problem.message} [${problem.code}]\n`)
            },
          },
          context.signal,
        )
        bar.clear()
        if (context.json) {
          for (const incident of summary.incidents) context.printJson({ kind: "incident", incident })
          context.printJson({
            kind: "summary",
            observations: summary.observations,
            alerts: summary.alerts,
            incidents: summary.incidents.length,
            problems,
            files: summary.files,
            rules: Object.fromEntries(summary.rules),
          })
        } else {
          for (const incident of summary.incidents) context.print(timeline(incident, alerts, context.paint))
          showRest(
            context,
            summary.incidents.flatMap(({ stages }) => stages.flatMap((stage) => stage.alerts)),
            alerts,
          )
          showCounts(context, summary)
        }
        context.exit(problems > 0 ? 3 : summary.alerts > 0 ? 1 : 0)
      }),
    )
}

function showRest(context: Context, told: readonly string[], alerts: readonly Alert[]): void {
  const known = new Set(told)
  const rest = alerts.filter(({ id }) => !known.has(id))
  if (rest.length === 0) return
  context.print(`${context.paint.bold("Alerts that belong to no incident")}\n`)
  context.print(
    table(
      rest.slice(0, maxShownAlerts),
      [
        { name: "time", of: ({ at }) => new Date(at).toISOString().replace("T", " ").slice(0, 19) },
        { name: "severity", of: ({ severity }) => severity },
        { name: "attacker", of: ({ attacker }) => attacker },
        { name: "rules", of: ({ contributions }) => contributions.map(({ rule }) => rule).join(" "), flexible: true },
        { name: "what", of: ({ title }) => title, flexible: true },
        { name: "where", of: ({ evidence }) => evidence.summary, flexible: true },
      ],
      context.deps.out.columns,
    ),
  )
  if (rest.length > maxShownAlerts)
    context.print(context.paint.dim(`… and ${rest.length - maxShownAlerts} more; --json prints all\n`))
  context.print("\n")
}

function showCounts(
  context: Context,
  summary: {
    readonly observations: number
    readonly alerts: number
    readonly incidents: readonly unknown[]
    readonly files: readonly { readonly file: string; readonly skipped: Readonly<Record<string, number>> }[]
  },
): void {
  const many = (count: number, one: string) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`
  context.print(
    `${many(summary.observations, "observation")}, ${many(summary.alerts, "alert")}, ${many(summary.incidents.length, "incident")} in ${many(summary.files.length, "file")}\n`,
  )
  const skipped = new Map<string, number>()
  for (const file of summary.files)
    for (const [why, count] of Object.entries(file.skipped)) skipped.set(why, (skipped.get(why) ?? 0) + count)
  if (skipped.size > 0)
    context.print(
      context.paint.dim(
        `skipped: ${[...skipped].map(([why, count]) => `${printable(why)} ${count.toLocaleString("en")}`).join(", ")}\n`,
      ),
    )
}
