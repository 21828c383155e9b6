import { InvalidArgumentError } from "commander"
import { eventTypes } from "../../core/index.ts"
import { type AddCommand, type Context, examples } from "../command.ts"
import type { ServeOptions, ServeReady } from "../deps.ts"
import { addRuleOptions, collect, type RuleFlags, ruleChoice } from "../rule-options.ts"

interface Flags extends RuleFlags {
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly insecure?: boolean
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly capture?: string[]
  readonly enforcer?: string[]
  readonly events?: Followed[]
  readonly eventRules?: string[]
  readonly intentRules?: string[]
}

export const serve: AddCommand = (program, run) => {
  const command = program
    .command("serve")
    .description("watch, decide and enforce; serve the API and the console until stopped")
    .option("--config <file>", "read thwart.yaml; flags win over it")
    .option("--host <address>", "listen here (default: 127.0.0.1); elsewhere than loopback needs TLS or --insecure")
    .option("--port <number>", "listen on this port (default: 8470; 0: any free one)", portNumber)
    .option("--capture <interfaces...>", "read live traffic of these interfaces (any: all of them)")
    .option("--enforcer <ids...>", "put blocks in force by these (nftables)")
  addRuleOptions(command)
    .option(
      "--events <format:file>",
      "follow the records of another tool (audit:/var/log/audit/audit.log); may be given again",
      followed,
    )
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
    .option("--database <url>", "keep state in PostgreSQL (postgres://…) instead of the data folder")
    .option("--tls-cert <file>", "certificate chain (PEM)")
    .option("--tls-key <file>", "its private key (PEM)")
    .option("--insecure", "allow another address than loopback without TLS")
    .addHelpText(
      "after",
      examples(
        "sudo thwart serve --capture eth0 --enforcer nftables",
        "sudo thwart serve --events audit:/var/log/audit/audit.log",
        "thwart serve --port 9000 --database postgres://thwart@db/thwart",
      ),
    )
    .action(
      run(async (context, flags: Flags) => {
        const options = {
          config: flags.config,
          host: flags.host,
          port: flags.port,
          database: flags.database,
          insecure: flags.insecure === true,
          tlsCert: flags.tlsCert,
          tlsKey: flags.tlsKey,
          capture: flags.capture ?? [],
          enforcers: flags.enforcer ?? [],
          ...ruleChoice(flags, context.dataDir),
          events: flags.events ?? [],
          eventRules: flags.eventRules ?? [],
          intentRules: flags.intentRules ?? [],
        }
        await context.deps.serve(options, (ready) => tell(context, ready), context.signal)
      }),
    )
}

function tell(context: Context, ready: ServeReady): void {
  if (context.json) {
    context.printJson(ready)
    return
  }
  const { paint } = context
  context.print(`${paint.bold("Thwart")} answers at ${paint.bold(ready.url)}\n`)
  if (ready.firstSignIn !== undefined) {
    context.print(
      `\n  First sign-in: ${paint.bold(ready.firstSignIn.name)}, one-time password ${paint.bold(ready.firstSignIn.oneTimePassword)}\n  It is shown once; the console asks for a new one.\n\n`,
    )
  }
  context.print(`  sensors    ${ready.sensors.join(", ") || "none (give --capture or --events)"}\n`)
  context.print(
    `  enforcers  ${ready.enforcers.join(", ") || "none: blocks are decided and shown, but not enforced (give --enforcer nftables)"}\n`,
  )
  context.print("\nCtrl-C stops it; what is in force in the kernel stays until its time is over.\n")
}

type Followed = ServeOptions["events"][number]

function followed(text: string, before: readonly Followed[] = []): readonly Followed[] {
  const [format = "", ...rest] = text.split(":")
  const type = eventTypes.find((one) => one === format)
  const file = rest.join(":")
  if (type === undefined || file === "")
    throw new InvalidArgumentError(`"${text}" is no format and file; formats are ${eventTypes.join(", ")}`)
  return [...before, { format: type, file }]
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new InvalidArgumentError(`"${text}" is not a port (0-65535)`)
  return port
}
