import { spawn, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type Usage, usageOf } from "./usage.ts"

const hub = "/usr/share/crowdsec/hub"
const hubData = "/usr/share/crowdsec/data"

export const hasCrowdsec = existsSync("/usr/bin/crowdsec") && existsSync(`${hub}/scenarios/crowdsecurity`)

const parsers = [
  ["s00-raw", "syslog-logs"],
  ["s01-parse", "nginx-logs"],
  ["s02-enrich", "http-logs"],
  ["s02-enrich", "dateparse-enrich"],
] as const

/** The scenarios of its collection of HTTP rules that see what the log's attackers do. */
const scenarios = [
  "http-crawl-non_statics",
  "http-probing",
  "http-bad-user-agent",
  "http-path-traversal-probing",
  "http-sensitive-files",
  "http-sqli-probing",
  "http-xss-probing",
]

export interface Run extends Usage {
  /** The addresses that alerts were raised about. */
  readonly found: ReadonlySet<string>
}

/** CrowdSec over a log that is read to its end, as its `-dsn` does: agent and local API in one process, alerts in SQLite, no central API. */
export async function runCrowdsec(log: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "thwart-crowdsec-"))
  try {
    setUp(folder)
    const config = join(folder, "etc", "config.yaml")
    const added = spawnSync(
      "cscli",
      [
        "-c",
        config,
        "machines",
        "add",
        "bench",
        "--password",
        "bench-of-this-run",
        "-f",
        join(folder, "etc", "lapi.yaml"),
      ].concat("-u", `http://127.0.0.1:${port}`),
      { encoding: "utf8" },
    )
    if (added.status !== 0) throw new Error(`cscli machines add failed: ${added.stderr.slice(0, 500)}`)
    const usage = await finished(["-c", config, "-type", "nginx", "-dsn", `file://${log}`])
    return { ...usage, found: sourcesIn(join(folder, "data", "crowdsec.db")) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const port = 18_470

function setUp(folder: string): void {
  const etc = join(folder, "etc")
  for (const name of ["data", "hub", "plugins", "etc/scenarios", "etc/notifications"])
    mkdirSync(join(folder, name), { recursive: true })
  cpSync("/etc/crowdsec/patterns", join(etc, "patterns"), { recursive: true })
  cpSync(hubData, join(folder, "data"), { recursive: true })
  // The scenario asks for it by this name.
  cpSync(join(hubData, "path_traversal.txt"), join(folder, "data", "http_path_traversal.txt"))
  for (const [stage, name] of parsers) {
    mkdirSync(join(etc, "parsers", stage), { recursive: true })
    cpSync(`${hub}/parsers/${stage}/crowdsecurity/${name}.yaml`, join(etc, "parsers", stage, `${name}.yaml`))
  }
  for (const name of scenarios)
    cpSync(`${hub}/scenarios/crowdsecurity/${name}.yaml`, join(etc, "scenarios", `${name}.yaml`))
  for (const name of ["profiles.yaml", "simulation.yaml"]) cpSync(join("/etc/crowdsec", name), join(etc, name))
  cpSync(join(hub, ".index.json"), join(folder, "hub", ".index.json"))
  for (const name of ["acquis.yaml", "lapi.yaml"]) writeFileSync(join(etc, name), "")
  writeFileSync(join(etc, "config.yaml"), configOf(folder))
}

const configOf = (folder: string) => `
common: { daemonize: false, log_media: stdout, log_level: error, working_dir: . }
config_paths:
  config_dir: ${folder}/etc/
  data_dir: ${folder}/data/
  simulation_path: ${folder}/etc/simulation.yaml
  hub_dir: ${folder}/hub/
  index_path: ${folder}/hub/.index.json
  notification_dir: ${folder}/etc/notifications/
  plugin_dir: ${folder}/plugins/
crowdsec_service: { acquisition_path: ${folder}/etc/acquis.yaml, parser_routines: 1 }
cscli: { output: json }
db_config: { log_level: error, type: sqlite, use_wal: true, db_path: ${folder}/data/crowdsec.db, flush: { max_items: 100000, max_age: 70000d } }
api:
  client: { insecure_skip_verify: false, credentials_path: ${folder}/etc/lapi.yaml }
  server:
    log_level: error
    listen_uri: 127.0.0.1:${port}
    profiles_path: ${folder}/etc/profiles.yaml
    console_path: ${folder}/etc/console.yaml
prometheus: { enabled: false }
`

async function finished(args: readonly string[]): Promise<Usage> {
  const child = spawn("crowdsec", [...args], { stdio: ["ignore", "ignore", "pipe"] })
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  let usage: Usage | undefined
  const watch = setInterval(() => {
    usage = usageOf(child.pid ?? 0) ?? usage
  }, 50)
  const code = await new Promise((resolve) => child.once("exit", resolve))
  clearInterval(watch)
  if (code !== 0 || usage === undefined) throw new Error(`crowdsec ended with ${code}: ${errors}`)
  return usage
}

function sourcesIn(path: string): ReadonlySet<string> {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    return new Set(
      db
        .prepare("select distinct source_ip from alerts")
        .all()
        .map(({ source_ip }) => String(source_ip)),
    )
  } finally {
    db.close()
  }
}
