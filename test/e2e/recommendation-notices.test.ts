import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart } from "../../src/app/start.ts"
import { networkPolicy, systemClock } from "../../src/core/index.ts"
import { startSink } from "../../src/notifications/testing/http-sink.ts"
import { alertOf } from "../support/alerts.ts"

const asking = networkPolicy.parse({
  id: "ask",
  name: "Ask first",
  enabled: true,
  mode: "interactive",
  on: { kind: "alert", classtypes: [], intents: ["exploitation"], tactics: [], techniques: [] },
  severity: "high",
  count: 1,
  windowMs: 600_000,
  blockMs: 600_000,
  enforcers: [],
})
const admin = { who: "user:admin", from: null }
let cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const task of cleanUp.reverse()) await task()
  cleanUp = []
})

describe("a policy that asks", () => {
  it("is told of: each address that waits for a decision, once, also over a restart", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "thwart-asking-"))
    cleanUp.push(() => rmSync(dataDir, { recursive: true, force: true }))
    const sink = await startSink()
    cleanUp.push(sink.close)
    const targets = [{ name: "desk", kind: "webhook", url: sink.url, kinds: ["recommendation"] }]
    const notifications = { publicUrl: "https://thwart.example.com", targets }
    const config = configSchema.parse({ listen: { port: 0 }, notifications })
    const open = async () => {
      const thwart = await startThwart(
        { clock: systemClock, onError: (error) => console.error(error) },
        { config, dataDir },
      )
      cleanUp.push(() => thwart.stop())
      return thwart
    }
    let seen = 0
    const attacks = (...attackers: readonly string[]) =>
      attackers.map((attacker) => alertOf(++seen, "exploitation", { at: Date.now(), attacker }))

    const first = await open()
    await first.responder.changePolicy(asking, admin)
    await first.ingest(attacks("203.0.113.1", "203.0.113.2"))
    await first.ingest(attacks("203.0.113.1", "203.0.113.3"))
    await sink.until(3)
    const [recommendation] = first.responder.recommendations()
    expect(recommendation).toMatchObject({ policy: "ask", pending: 3 })
    await first.stop()

    const second = await open()
    await second.ingest(attacks("203.0.113.2", "203.0.113.4"))
    await sink.until(4)
    const told = sink.received.map(({ text }) => JSON.parse(text))
    const wish = (last: number) => `Decision wanted: block 203.0.113.${last}/32`
    expect(told.map(({ data }) => data.title).sort()).toEqual([1, 2, 3, 4].map(wish))
    expect(new Set(told.map(({ type, data }) => `${type} ${data.url}`))).toEqual(
      new Set([`recommendation https://thwart.example.com/recommendations/${recommendation?.id}`]),
    )
  })
})
