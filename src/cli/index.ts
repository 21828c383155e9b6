import { Command, CommanderError } from "commander"
import { messageOf, ThwartError } from "../core/index.ts"
import { createClient } from "./client.ts"
import { type AddCommand, type Context, examples } from "./command.ts"
import { alerts } from "./commands/alerts/index.ts"
import { allow, allowlist, disallow } from "./commands/allowlist.ts"
import { aws } from "./commands/aws/index.ts"
import { backtest } from "./commands/backtest.ts"
import { block, unblock } from "./commands/block.ts"
import { correlation } from "./commands/correlation/index.ts"
import { events } from "./commands/events/index.ts"
import { evidence } from "./commands/evidence.ts"
import { incidents } from "./commands/incidents/index.ts"
import { inspect } from "./commands/inspect.ts"
import { list } from "./commands/list.ts"
import { doctor, explain, incident, statusCommand, tail } from "./commands/look.ts"
import { token, userCommand } from "./commands/manage.ts"
import { notify } from "./commands/notify.ts"
import { playbooks } from "./commands/playbooks/index.ts"
import { policy } from "./commands/policy/index.ts"
import { proxy } from "./commands/proxy.ts"
import { recommendations } from "./commands/recommendations/index.ts"
import { replay } from "./commands/replay.ts"
import { rules } from "./commands/rules/index.ts"
import { serve } from "./commands/serve.ts"
import { vulnerabilities } from "./commands/vulnerabilities/index.ts"
import type { CliDeps } from "./deps.ts"
import { createPaint, printable } from "./text.ts"

export type {
  AwsCheck,
  AwsCheckOptions,
  AwsTargets,
  AwsTools,
  CliDeps,
  CorrelationTools,
  DoctorCheck,
  EventPlace,
  EventRuleCheck,
  EventTestEvents,
  EventTestOptions,
  EventTestReport,
  EventTools,
  FetchedRules,
  FetchOptions,
  FetchStep,
  Inspection,
  InspectOptions,
  PlaybookCheck,
  PlaybookTools,
  ProxyCommandOptions,
  ProxyEvents,
  ReplayEvents,
  ReplayOptions,
  ReplaySummary,
  RuleCheck,
  RuleChoice,
  RuleTestOptions,
  RuleTestReport,
  RuleTools,
  ServeOptions,
  ServeReady,
  Terminal,
  VulnerabilityReportFile,
  VulnerabilityTools,
} from "./deps.ts"

export { eventFieldReference } from "./event-field-reference.ts"
export { withPlaybookFields } from "./playbook-field-reference.ts"
export { reference } from "./reference.ts"

export interface Cli {
  /** Resolves with the process's exit code. */
  run(argv: readonly string[], signal: AbortSignal): Promise<number>
  /** For the reference in the documents. */
  describe(): Command
}

const commands: readonly AddCommand[] = [
  serve,
  proxy,
  replay,
  rules,
  events,
  correlation,
  vulnerabilities,
  inspect,
  aws,
  backtest,
  block,
  unblock,
  list,
  explain,
  evidence,
  incident,
  incidents,
  alerts,
  allowlist,
  allow,
  disallow,
  policy,
  notify,
  recommendations,
  playbooks,
  statusCommand,
  tail,
  token,
  userCommand,
  doctor,
]

// The command line or the rules are wrong: the same code for both, apart from "something was found" (1).
const usageCodes = new Set([
  "THWART_USAGE",
  "THWART_CONFIG_INVALID",
  "THWART_PLAYBOOKS_INVALID",
  "THWART_RULES_INVALID",
  "THWART_RULES_MISSING",
  "THWART_ADDRESS_INVALID",
  "THWART_REPORT_INVALID",
])

/** The command line; everything that touches the world comes in through `deps`. */
export function createCli(deps: CliDeps, version: string): Cli {
  const build = (signal: AbortSignal, exit: (code: number) => void): Command => {
    const program = new Command("thwart")
    const contextNow = (): Context => {
      const flags = program.opts<{ json?: boolean; color: boolean; data?: string; server?: string; token?: string }>()
      return {
        deps,
        signal,
        json: flags.json === true,
        paint: createPaint(flags.color && deps.out.isTty && deps.env.NO_COLOR === undefined && flags.json !== true),
        dataDir: flags.data,
        print: (text) => deps.out.write(text),
        printJson: (value) => deps.out.write(`${JSON.stringify(value)}\n`),
        exit,
        server: async () => {
          const local = await deps.localServer(flags.data)
          const url = flags.server ?? deps.env.THWART_URL ?? local?.url
          const secret =
            flags.token ??
            deps.env.THWART_TOKEN ??
            (flags.server === undefined && deps.env.THWART_URL === undefined ? local?.token : undefined)
          if (url === undefined)
            throw new ThwartError(
              "THWART_API_UNREACHABLE",
              'no server was found on this machine; start one with "thwart serve" (as the same user, or name its data folder with --data), or give --server and --token',
            )
          if (secret === undefined)
            throw new ThwartError(
              "THWART_API_REFUSED",
              `a token is needed for ${url}; make one with "thwart token create" there, and give it as --token or THWART_TOKEN`,
            )
          return createClient({ url, token: secret, fetch: deps.fetch })
        },
      }
    }
    program
      .description("Detects an attack while it is still moving through its stages, and breaks it.")
      .version(version, "-V, --version", "print the version")
      .option("--json", "print JSON, one value a line")
      .option("--no-color", "print no colours (as NO_COLOR does)")
      .option("--data <dir>", "data folder (default: THWART_DATA, /var/lib/thwart for root, else ~/.thwart)")
      .option("--server <url>", "speak to this server (default: THWART_URL, else the one on this machine)")
      .option("--token <secret>", "with this token (default: THWART_TOKEN; on this machine none is needed)")
      .addHelpText(
        "after",
        examples(
          "thwart replay capture.pcap",
          "sudo thwart serve --capture eth0 --enforcer nftables",
          "thwart explain 203.0.113.66",
        ),
      )
    // Copied to each command as it is added: never end the process, and print where we say.
    program
      .exitOverride()
      .enablePositionalOptions()
      .showHelpAfterError("(add --help for how it is used)")
      .showSuggestionAfterError()
      .configureOutput({ writeOut: (text) => deps.out.write(text), writeErr: (text) => deps.err.write(text) })
    program.configureHelp({ showGlobalOptions: true })
    for (const add of commands)
      add(
        program,
        (action) =>
          (...args) =>
            action(contextNow(), ...args),
      )
    acceptGlobalsAnywhere(program)
    return program
  }

  return {
    describe: () => build(new AbortController().signal, () => undefined),
    run: async (argv, signal) => {
      let code = 0
      const program = build(signal, (asked) => {
        code = asked
      })
      try {
        await program.parseAsync(hoistGlobals(argv), { from: "user" })
        return code
      } catch (error) {
        return failed(error, deps, signal)
      }
    },
  }
}

function failed(error: unknown, deps: CliDeps, signal: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (signal.aborted) return 130
  const code = error instanceof ThwartError ? error.code : "THWART_USAGE"
  const lines = messageOf(error).split("\n").map(printable)
  deps.err.write(`thwart: ${lines.join("\n")} [${code}]\n`)
  return error instanceof ThwartError && usageCodes.has(code) ? 2 : 1
}

// Not --version: behind "rules fetch" it means that of the rules.
const globalFlags = new Set(["--json", "--no-color", "-V"])
const globalValues = new Set(["--data", "--server", "--token"])

/** Global options may stand behind the command too, as people write them. */
function hoistGlobals(argv: readonly string[]): string[] {
  const end = argv.indexOf("--")
  const own = end < 0 ? argv : argv.slice(0, end)
  const [front, rest]: [string[], string[]] = [[], []]
  for (let index = 0; index < own.length; index++) {
    const word = own[index] ?? ""
    if (globalFlags.has(word) || [...globalValues].some((name) => word.startsWith(`${name}=`))) front.push(word)
    else if (globalValues.has(word)) front.push(word, own[++index] ?? "")
    else rest.push(word)
  }
  return [...front, ...rest, ...(end < 0 ? [] : argv.slice(end))]
}

function acceptGlobalsAnywhere(program: Command): void {
  for (const command of program.commands) {
    command.configureHelp({ showGlobalOptions: true })
    acceptGlobalsAnywhere(command)
  }
}
