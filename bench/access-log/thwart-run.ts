import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import type { Run } from "./crowdsec-run.ts"
import { usageOf } from "./usage.ts"

const root = join(import.meta.dirname, "..", "..")
const built = join(root, "dist", "app", "main.js")

/** Thwart as it is published, serving, over a log that it reads from its start: detection, correlation, policies, alerts in SQLite. */
export async function runThwart(log: string, lines: number): Promise<Run> {
  build()
  const folder = mkdtempSync(join(tmpdir(), "thwart-bench-"))
  const config = join(folder, "thwart.yaml")
  writeFileSync(config, `dataDir: ${folder}\nlisten: { port: 0 }\naccessLogs: [{ file: ${log}, from: start }]\n`)
  const flags = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=16", "--no-parallel-scavenge"]
  const child = spawn(process.execPath, [...flags, built, "serve", "--config", config, "--json"], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  const ended = new Promise((resolve) => child.once("exit", resolve))
  try {
    const call = await Promise.race([localApi(folder), ended.then(tooSoon)])
    for (;;) {
      const { sensors } = await call<{ sensors: readonly { observations: number; skipped: object }[] }>(
        "/api/v1/status",
      )
      if ((sensors[0]?.observations ?? 0) >= lines) break
      await wait(1000)
    }
    const usage = usageOf(child.pid ?? 0)
    if (usage === undefined) return tooSoon()
    return { ...usage, found: await attackers(call) }
  } finally {
    child.kill("SIGTERM")
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

function tooSoon(): never {
  throw new Error("thwart ended before it had read the log")
}

function build(): void {
  const done = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], { encoding: "utf8" })
  if (done.status !== 0) throw new Error(`the package can't be built: ${done.stderr.slice(0, 500)}`)
}

type Call = <T>(path: string) => Promise<T>

/** The API, as this machine's command line finds it. */
async function localApi(folder: string): Promise<Call> {
  const file = join(folder, "server.json")
  while (!existsSync(file)) await wait(20)
  const { url, token } = JSON.parse(readFileSync(file, "utf8"))
  return async (path) => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    // The cast holds: the caller says what the API's contract says of the path.
    return (await answer.json()) as never
  }
}

async function attackers(call: Call): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  let cursor = ""
  do {
    const page = await call<{ items: readonly { attacker: string }[]; next: string | null }>(
      `/api/v1/alerts?limit=500${cursor}`,
    )
    for (const { attacker } of page.items) found.add(attacker)
    cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`
  } while (cursor !== "")
  return found
}
