import { readFileSync } from "node:fs"
import { type CliDeps, createCli, type ServeOptions, type Terminal } from "../cli/index.ts"
import { messageOf, systemClock, ThwartError } from "../core/index.ts"
import { enableLinearRegexFallback } from "../detection/index.ts"
import { createAwsTools } from "./aws-tools.ts"
import { type Config, configSchema, parseConfig } from "./config.ts"
import { confirm } from "./confirm.ts"
import { correlationTools } from "./correlation-tools.ts"
import { announcedServer, dataDirHere } from "./data-dir.ts"
import { examine, thisMachine } from "./doctor.ts"
import { eventTools } from "./event-tools.ts"
import { playbookTools } from "./playbook-tools.ts"
import { ruleTools } from "./rule-tools.ts"
import { version } from "./version.ts"
import { vulnerabilityTools } from "./vulnerability-tools.ts"

enableLinearRegexFallback()

const stopping = new AbortController()
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort())
// Whoever reads our output may have seen enough.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1))

// What only one command needs is loaded when it runs: the others start sooner, and in less memory.
const deps: CliDeps = {
  out: terminalOf(process.stdout),
  err: terminalOf(process.stderr),
  confirm,
  env: process.env,
  now: systemClock.now,
  fetch,
  localServer: async (dataDir) => announcedServer(dataDirHere(dataDir)),
  serve: async (options, onReady, signal) => {
    const config = configOf(options)
    const dataDir = dataDirHere(options.dataDir ?? config.dataDir ?? undefined)
    const { startThwart } = await import("./start.ts")
    const thwart = await startThwart(
      {
        clock: systemClock,
        onError: (error) => process.stderr.write(`thwart: ${messageOf(error)}\n`),
        note: (text) => process.stderr.write(`thwart: ${text}\n`),
      },
      { config, dataDir },
    )
    onReady({ url: thwart.url, firstSignIn: thwart.firstSignIn, sensors: thwart.sensors, enforcers: thwart.enforcers })
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
    await thwart.stop()
  },
  replay: async (...run) => (await import("./replay.ts")).replay(...run),
  doctor: () => examine(thisMachine),
  proxy: async (...run) => (await import("./proxy-command.ts")).runProxy(...run),
  rules: ruleTools,
  events: eventTools,
  aws: createAwsTools(read),
  correlation: correlationTools,
  vulnerabilities: vulnerabilityTools,
  playbooks: playbookTools,
}

process.exitCode = await createCli(deps, version).run(process.argv.slice(2), stopping.signal)

/** What the file says, and the flags over it. */
function configOf(options: ServeOptions): Config {
  const base = options.config === undefined ? configSchema.parse({}) : parseConfig(read(options.config), options.config)
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    throw new ThwartError("THWART_USAGE", "--tls-cert and --tls-key go together")
  return {
    ...base,
    listen: { host: options.host ?? base.listen.host, port: options.port ?? base.listen.port },
    insecure: options.insecure || base.insecure,
    tls:
      options.tlsCert === undefined || options.tlsKey === undefined
        ? base.tls
        : { cert: options.tlsCert, key: options.tlsKey },
    database: options.database ?? base.database,
    capture: options.capture.length > 0 ? [...options.capture] : base.capture,
    enforcers: options.enforcers.length > 0 ? options.enforcers.flatMap(withSettings(base)) : base.enforcers,
    rules: options.rules.length > 0 ? [...options.rules] : base.rules,
    paranoiaLevel: options.paranoiaLevel ?? base.paranoiaLevel,
    accessLogs:
      options.accessLogs.length > 0 ? options.accessLogs.map((file) => ({ file, from: "end" })) : base.accessLogs,
    events: options.events.length > 0 ? [...options.events] : base.events,
    intentRules: options.intentRules.length > 0 ? [...options.intentRules] : base.intentRules,
    eventRules: options.eventRules.length > 0 ? [...options.eventRules] : base.eventRules,
  }
}

/** An enforcer that a flag names keeps the settings that the file has for it. */
function withSettings({ enforcers }: Config) {
  return (name: string) => {
    const written = enforcers.filter((one) => typeof one !== "string" && one.kind === name)
    return written.length > 0 ? written : [name]
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    throw new ThwartError("THWART_FILE_UNREADABLE", `the configuration ${path} can't be read`, { cause })
  }
}

function terminalOf(stream: NodeJS.WriteStream): Terminal {
  return { write: (text) => void stream.write(text), isTty: stream.isTTY === true, columns: stream.columns ?? 120 }
}
