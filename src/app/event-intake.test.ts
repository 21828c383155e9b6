import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { EventIntakeReport } from "../api/contract/index.ts"
import { eventTypes, type Role, systemClock } from "../core/index.ts"
import { parseConfig } from "./config.ts"
import { startThwart, type Thwart } from "./start.ts"

const examples = join(import.meta.dirname, "..", "..", "examples", "events")
const file = (name: string) => readFileSync(join(examples, name))
const admin = { who: "test", from: null }

describe("records that are sent to the server", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "thwart-intake-"))
  let thwart: Thwart
  const secrets = new Map<Role, string>()
  beforeAll(async () => {
    const onError = (error: unknown) => expect.unreachable(String(error))
    const config = parseConfig("listen: { port: 0 }\n", "t.yaml")
    thwart = await startThwart({ clock: systemClock, onError }, { config, dataDir })
    for (const role of ["sensor", "viewer", "analyst"] as const)
      secrets.set(role, (await thwart.accounts.addToken({ name: role, role, expiresAt: null }, admin)).secret)
  })
  afterAll(async () => {
    await thwart?.stop()
    rmSync(dataDir, { recursive: true })
  })

  const send = async (
    path: string,
    body: Buffer | string,
    headers: Record<string, string> = {},
    role: Role = "sensor",
  ) => {
    const response = await fetch(`${thwart.url}/api/v1/events/${path}`, {
      method: "POST",
      body: typeof body === "string" ? body : new Uint8Array(body),
      headers: { authorization: `Bearer ${secrets.get(role)}`, "content-type": "application/x-ndjson", ...headers },
    })
    // The cast holds for what the contract says, and where an error is expected only the status is looked at.
    const answer = (await response.json()) as EventIntakeReport
    return { status: response.status, answer }
  }
  const storedRules = async () =>
    (await thwart.store.alerts({ limit: 1000 })).items.map(({ contributions }) => String(contributions[0]?.rule))

  it("are read in each format as their file is, and answered once their alerts are stored", async () => {
    const cases = [
      // One line of each is another program's.
      ["audit", "audit.log", 1],
      ["falco", "falco.jsonl", 1],
      ["tetragon", "tetragon.jsonl", 1],
      ["cloudtrail", "cloudtrail.json", 0],
    ] as const
    expect(cases.map(([format]) => format)).toEqual(eventTypes)
    for (const [format, name, unread] of cases) {
      const before = (await storedRules()).length
      const { status, answer } = await send(format, file(name))
      expect([status, answer.unread, answer.skipped.length], format).toEqual([200, unread, unread])
      expect(answer.read, format).toBeGreaterThan(3)
      expect(answer.alerts, format).toBeGreaterThan(0)
      expect((await storedRules()).length - before, format).toBe(answer.alerts)
    }
    const [alert] = (await thwart.store.alerts({ limit: 1000 })).items.filter(({ sensor }) => sensor.includes("audit"))
    expect(alert?.sensor).toBe("intake:audit:sensor")
  })

  const falco = (fields: object = {}) => ({
    time: "2026-11-21T10:00:00.000000000Z",
    rule: "Terminal shell in container",
    priority: "Notice",
    output: "a shell",
    hostname: "web-7",
    output_fields: { "proc.cmdline": "bash -i" },
    ...fields,
  })

  it("may be one object as Falco and falcosidekick post it, an array as Vector and Fluent Bit do, and gzip", async () => {
    const bodies: readonly (readonly [string | Buffer, Record<string, string>, number])[] = [
      [JSON.stringify(falco()), { "content-type": "application/json" }, 1],
      [JSON.stringify(falco()), { "content-type": "application/json; charset=utf-8" }, 1],
      [JSON.stringify([falco(), falco(), falco()]), { "content-type": "application/json" }, 3],
      [`${JSON.stringify(falco())}\r\n\r\n${JSON.stringify(falco())}\n`, {}, 2],
      [gzipSync(`${JSON.stringify(falco())}\n`.repeat(5)), { "content-encoding": "gzip" }, 5],
      [gzipSync(JSON.stringify(falco())), { "content-type": "application/gzip" }, 1],
      ["", {}, 0],
    ]
    expect(bodies).toHaveLength(7)
    for (const [body, headers, read] of bodies)
      expect(await send("falco", body, headers)).toMatchObject({ status: 200, answer: { read, unread: 0 } })
  })

  it("are told what could not be read, by line, and refused when it is all of it", async () => {
    const lines = [
      JSON.stringify(falco()),
      "{ broken",
      JSON.stringify({ a: 1 }),
      JSON.stringify(falco({ time: "soon" })),
    ]
    expect(await send("falco", lines.join("\n"))).toEqual({
      status: 200,
      answer: {
        read: 1,
        alerts: expect.any(Number),
        unread: 3,
        skipped: [
          { line: 2, reason: "line that is no JSON" },
          { line: 3, reason: "line that is no Falco alert" },
          { line: 4, reason: "event without a time" },
        ],
      },
    })
    const many = `${JSON.stringify(falco())}\n${"x\n".repeat(500)}${"y".repeat(1024 * 1024 + 1)}`
    const { answer } = await send("falco", many)
    expect([answer.read, answer.unread, answer.skipped.length]).toEqual([1, 501, 100])
    expect(await send("falco", "nothing\nof it")).toMatchObject({
      status: 400,
      answer: { error: { message: "nothing in the body is a record of falco; line 1: line that is no JSON" } },
    })
    const page = await fetch(`${thwart.url}/api/v1/status`, {
      headers: { authorization: `Bearer ${secrets.get("viewer")}` },
    })
    const { sensors } = (await page.json()) as { sensors: readonly { id: string; skipped: Record<string, number> }[] }
    const status = sensors.find(({ id }) => id === "intake:falco")
    expect(status?.skipped).toMatchObject({ "line too long": 1, "line that is no Falco alert": 1 })
  })

  it("name the machine that they are from, where they don't do so themselves", async () => {
    const nodes = async () => (await thwart.store.alerts({ limit: 1000 })).items.map(({ node }) => node.name)
    const { answer } = await send("audit?node=edge-9", file("audit.log"))
    expect(answer.alerts).toBeGreaterThan(0)
    expect((await nodes()).filter((name) => name === "edge-9")).toHaveLength(answer.alerts)
    await send("falco?node=edge-8", file("falco.jsonl"))
    expect(await nodes()).not.toContain("edge-8")
  })

  it("are refused when they are too large, in a shape that nobody reads, or from somebody who may not", async () => {
    const bomb = gzipSync(Buffer.alloc(33 * 1024 * 1024, 0x20))
    const cases: readonly (readonly [string, string | Buffer, Record<string, string>, Role, number])[] = [
      ["falco", Buffer.alloc(8 * 1024 * 1024 + 1, 0x20), {}, "sensor", 413],
      ["falco", bomb, { "content-encoding": "gzip" }, "sensor", 413],
      ["falco", bomb.subarray(0, 1000), { "content-encoding": "gzip" }, "sensor", 400],
      ["falco", "{}", { "content-encoding": "br" }, "sensor", 415],
      ["falco", "{}", { "content-type": "text/plain" }, "sensor", 415],
      ["falco", "{}", { "content-type": "application/x-www-form-urlencoded" }, "sensor", 415],
      ["sysmon", "{}", {}, "sensor", 400],
      ["falco?node=%00", "{}", {}, "sensor", 400],
      ["falco", `${"[".repeat(100_000)}`, {}, "sensor", 400],
      ["falco", JSON.stringify(falco()), {}, "viewer", 403],
      ["falco", JSON.stringify(falco()), {}, "analyst", 200],
      ["falco", JSON.stringify(falco()), { authorization: "" }, "sensor", 401],
    ]
    expect(cases).toHaveLength(12)
    for (const [path, body, headers, role, status] of cases)
      expect((await send(path, body, headers, role)).status, `${path} ${JSON.stringify(headers)} ${role}`).toBe(status)
    for (const path of ["alerts", "rules", "countermeasures", "tokens"]) {
      const headers = { authorization: `Bearer ${secrets.get("sensor")}` }
      expect((await fetch(`${thwart.url}/api/v1/${path}`, { headers })).status, path).toBe(403)
    }
  })
})
