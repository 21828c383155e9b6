import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { describe, expect, it } from "vitest"
import { has } from "../../test/support/requirements.ts"
import { createPostgresStore, createSqliteStore } from "./index.ts"
import type { Store } from "./store.ts"
import { alertAt, incidentAt } from "./testing/samples.ts"

const rounds = 20
const writer = join(import.meta.dirname, "testing", "writer.ts")

/** Starts a writer, kills it at a moment of its own, and gives what it had acknowledged by then. */
async function killedWriter(args: readonly string[], round: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", writer, ...args, `r${round}`], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  let said = ""
  child.stdout.on("data", (text) => {
    said += text
  })
  const ended = new Promise((resolve) => child.once("close", resolve))
  while (said === "" && child.exitCode === null) await sleep(5)
  await sleep((round * 37) % 90)
  child.kill("SIGKILL")
  await ended
  // A line without its end was cut off by the kill.
  return said.split("\n").slice(0, -1)
}

async function expectAll(store: Store, names: readonly string[]): Promise<void> {
  for (const name of names) {
    expect(await store.alert(alertAt(0, name).id), name).toBeDefined()
    expect(await store.incident(incidentAt(0, name).id), name).toBeDefined()
  }
  // What was written without having been acknowledged is there wholly, too.
  const page = await store.alerts({ limit: 1000 })
  for (const { id } of page.items)
    expect(await store.incident(`inc_${id.slice(4)}` as ReturnType<typeof incidentAt>["id"]), id).toBeDefined()
}

describe("a writer that is killed", () => {
  it("leaves everything that SQLite acknowledged, and nothing half-written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thwart-kill-"))
    const path = join(folder, "thwart.db")
    let acknowledged = 0
    for (let round = 0; round < rounds; round++) {
      const names = await killedWriter(["sqlite", path, "-"], round)
      acknowledged += names.length
      const store = await createSqliteStore({ path })
      await expectAll(store, names)
      await store.close()
    }
    expect(acknowledged).toBeGreaterThan(rounds)
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  it.runIf(has("the kill test on PostgreSQL", "postgres"))(
    "leaves everything that PostgreSQL acknowledged, and nothing half-written",
    async () => {
      const url = process.env.THWART_TEST_POSTGRES ?? ""
      const schema = `thwart_kill_${process.pid}`
      let acknowledged = 0
      for (let round = 0; round < 5; round++) {
        const names = await killedWriter(["postgres", url, schema], round)
        acknowledged += names.length
        const store = await createPostgresStore({ url, schema })
        await expectAll(store, names)
        await store.close()
      }
      expect(acknowledged).toBeGreaterThan(5)
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`DROP SCHEMA ${schema} CASCADE`)
      await client.end()
    },
    120_000,
  )
})
