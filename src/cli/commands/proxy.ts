import { Option } from "commander"
import { type AddCommand, examples } from "../command.ts"
import { addRuleOptions, type RuleFlags, ruleChoice } from "../rule-options.ts"
import { printable } from "../text.ts"

interface Flags extends RuleFlags {
  readonly to: string
  readonly listen: string
  readonly mode: "monitor" | "block"
  readonly allow?: string[]
  readonly trustedProxies?: string[]
  readonly failMode: "open" | "closed"
}

export const proxy: AddCommand = (program, run) => {
  const command = program
    .command("proxy")
    .description("stand before a web application: look at every request, and refuse attacks")
    .requiredOption("--to <url>", "the application (http://127.0.0.1:3000)")
    .option("--listen <address>", "where clients come in", "127.0.0.1:8080")
    .addOption(
      new Option("--mode <mode>", "monitor tells of attacks, block refuses them")
        .choices(["monitor", "block"])
        .default("monitor"),
    )
  addRuleOptions(command)
    .option("--allow <prefixes...>", "whose requests are never refused")
    .option("--trusted-proxies <prefixes...>", "proxies whose X-Forwarded-For is believed")
    .addOption(
      new Option("--fail-mode <mode>", "what happens to requests when the guard itself fails")
        .choices(["open", "closed"])
        .default("open"),
    )
    .addHelpText(
      "after",
      examples(
        "thwart proxy --to http://127.0.0.1:3000",
        "thwart proxy --to http://app.internal --listen 0.0.0.0:80 --mode block --rules crs",
      ),
    )
    .action(
      run(async (context, { rules, paranoiaLevel, allow, trustedProxies, ...flags }: Flags) => {
        await context.deps.proxy(
          {
            ...flags,
            ...ruleChoice({ rules, paranoiaLevel }, context.dataDir),
            allow: allow ?? [],
            trustedProxies: trustedProxies ?? [],
          },
          {
            onReady: (url) => {
              if (context.json) context.printJson({ kind: "ready", url })
              else context.print(`${url} → ${flags.to} (${flags.mode})\n`)
            },
            onAlert: (alert) => {
              if (context.json) context.printJson({ kind: "alert", alert })
              else {
                const { at, severity, attacker, title, contributions, evidence } = alert
                const ids = contributions.map(({ rule }) => rule).join(" ")
                context.print(
                  `${new Date(at).toISOString()} ${severity} ${attacker} ${title} [${ids}] ${printable(evidence.summary)}\n`,
                )
              }
            },
            onError: (message) => context.deps.err.write(`thwart: ${printable(message)}\n`),
          },
          context.signal,
        )
      }),
    )
}
