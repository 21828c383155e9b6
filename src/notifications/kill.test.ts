import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { createIds, systemClock } from "../core/index.ts"
import { createSqliteStore } from "../store/index.ts"
import { notificationsConfig } from "./config.ts"
import { createNotifications } from "./notifications.ts"
import { startSink } from "./testing/http-sink.ts"

const rounds = 10
const teller = join(import.meta.dirname, "testing", "teller.ts")

/** Starts one who tells, kills it at a moment of its own, and gives the incidents whose storing it had acknowledged by then. */
async function killedTeller(args: readonly string[], round: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", teller, ...args, `r${round}`], {
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

describe("one who tells, and is killed", () => {
  it("has told of everything that was acknowledged in the end, and of hardly anything twice", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thwart-notify-kill-"))
    const path = join(folder, "thwart.db")
    const took: string[] = []
    const sink = await startSink(({ headers, text }, index) => {
      if (index % 7 === 3) return { status: 503 }
      took.push(`${headers["webhook-id"]} ${JSON.parse(text).data.subject}`)
      return { status: 200 }
    })
    const acknowledged: string[] = []
    for (let round = 0; round < rounds; round++) acknowledged.push(...(await killedTeller([path, sink.url], round)))

    const store = await createSqliteStore({ path })
    const targets = [{ name: "soc", kind: "webhook", url: sink.url }]
    const deps = {
      clock: systemClock,
      ids: createIds(systemClock),
      env: {},
      readFile: () => "",
      fetch,
      random: Math.random,
    }
    const notifications = createNotifications(
      { ...deps, store, onError: (error) => expect.fail(String(error)) },
      notificationsConfig.parse({ targets }),
      { backoff: { firstMs: 1, lastMs: 20 } },
    )
    await notifications.start()
    while ((notifications.targets()[0]?.pending ?? 0) > 0) await sleep(10)
    await notifications.stop()

    expect(acknowledged.length).toBeGreaterThan(rounds)
    const told = new Set(took.map((one) => one.split(" ")[1]))
    expect(acknowledged.filter((subject) => !told.has(subject))).toEqual([])
    // One was under way at each kill.
    expect(took.length - new Set(took).size).toBeLessThanOrEqual(rounds)
    expect(new Set(took).size).toBe(told.size)
    expect((await store.deliveries({ limit: 1000 })).items.every(({ state }) => state === "delivered")).toBe(true)
    await store.close()
    await sink.close()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)
})
