import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { classtype, createIds, nodeRef, type Observation, prefix, systemClock } from "../../core/index.ts"
import { describeSensor } from "../contract.ts"
import { classtypes, meanings } from "./category-tables.ts"
import { createEveReader } from "./eve-observation.ts"
import { createEveSensor } from "./index.ts"

const ids = createIds(systemClock)
const node = nodeRef.parse({ id: "web-1", kind: "host", name: "web-1" })
const folder = mkdtempSync(join(tmpdir(), "thwart-findings-"))
afterAll(() => rmSync(folder, { recursive: true }))

const base = {
  timestamp: "2023-10-10T13:55:36.250000-0700",
  src_ip: "203.0.113.9",
  src_port: 40_000,
  dest_ip: "10.0.0.5",
  dest_port: 80,
  proto: "TCP",
}
const alert = {
  ...base,
  event_type: "alert",
  alert: {
    action: "allowed",
    gid: 1,
    signature_id: 2_100_498,
    rev: 7,
    signature: "an attack",
    category: "Web Application Attack",
    severity: 1,
  },
}
const http = {
  ...base,
  event_type: "http",
  http: { hostname: "shop.example", url: "/a?b=1", http_method: "GET", protocol: "HTTP/1.1", status: 200, length: 9 },
}

const readEvent = createEveReader({
  ids,
  sensor: "finding:eve.json",
  node,
  homeNets: [prefix("10.0.0.0/8")],
  file: "eve.json",
})
const read = (event: unknown) => readEvent({ text: Buffer.from(JSON.stringify(event)).toString("latin1"), number: 3 })

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const jsonLines = (...events: readonly unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("")

describeSensor("of EVE JSON", {
  create: () => createEveSensor({ ids }, { node, file: written("contract.json", jsonLines(alert, http, alert)) }),
  expected: 3,
  broken: {
    create: () => createEveSensor({ ids }, { node, file: join(folder, "missing.json") }),
    code: "THWART_FILE_UNREADABLE",
  },
})

describe("an alert of Suricata", () => {
  it("becomes a finding", () => {
    expect(read(alert)).toMatchObject({
      kind: "finding",
      at: Date.UTC(2023, 9, 10, 20, 55, 36, 250),
      sensor: "finding:eve.json",
      direction: "inbound",
      source: { address: "203.0.113.9", port: 40_000 },
      destination: { address: "10.0.0.5", port: 80 },
      origin: { file: "eve.json", frame: null, line: 3 },
      tool: "suricata",
      rule: "1:2100498:7",
      title: "an attack",
      severity: "high",
      classtype: "web-application-attack",
      intent: "exploitation",
      tactic: "TA0001",
      technique: "T1190",
      raw: JSON.stringify(alert),
    })
  })

  const kinds: readonly (readonly [string, number, Record<string, unknown>])[] = [
    [
      "Malware Command and Control Activity Detected",
      1,
      { classtype: "command-and-control", intent: "command-and-control", severity: "high" },
    ],
    ["Attempted Information Leak", 2, { classtype: "attempted-recon", intent: "reconnaissance", severity: "medium" }],
    [
      "Potentially Bad Traffic",
      3,
      { classtype: "bad-unknown", intent: "reconnaissance", severity: "low", tactic: null },
    ],
    ["Some New Kind (of 2026)!", 4, { classtype: "some-new-kind-of-2026", severity: "info", technique: null }],
    ["", 9, { classtype: "unknown", severity: "low" }],
    ["Crypto Currency Mining Activity Detected", 2, { classtype: "coin-mining", technique: "T1496" }],
  ]
  it("has its class by the text of its category, and its severity by its number", () => {
    expect(kinds).toHaveLength(6)
    for (const [category, severity, expected] of kinds)
      expect(read({ ...alert, alert: { ...alert.alert, category, severity } }), category).toMatchObject(expected)
  })

  it("says itself which tactic and technique it is of, where its rule does", () => {
    const metadata = { mitre_tactic_id: ["TA0011"], mitre_technique_id: "T1071.001", other: [1, 2] }
    expect(read({ ...alert, alert: { ...alert.alert, metadata } })).toMatchObject({
      tactic: "TA0011",
      technique: "T1071.001",
    })
    const wrong = { mitre_tactic_id: ["Initial_Access"], mitre_technique_id: [] }
    expect(read({ ...alert, alert: { ...alert.alert, metadata: wrong } })).toMatchObject({
      tactic: "TA0001",
      technique: "T1190",
    })
  })

  it("is of who opened the connection, whichever side sent the packet", () => {
    const turned = { ...base, src_ip: base.dest_ip, src_port: 80, dest_ip: base.src_ip, dest_port: 40_000 }
    const flow = { src_ip: base.src_ip, src_port: 40_000, dest_ip: base.dest_ip, dest_port: 80 }
    for (const event of [
      { ...alert, ...turned, direction: "to_client" },
      { ...alert, ...turned, flow },
    ])
      expect(read(event)).toMatchObject({ source: { address: "203.0.113.9" }, destination: { port: 80 } })
    expect(read({ ...alert, ...turned })).toMatchObject({ direction: "outbound" })
  })

  it("keeps of its record no more than a limit", () => {
    const finding = read({ ...alert, payload: "A".repeat(100_000) })
    expect(typeof finding === "object" && finding.kind === "finding" && finding.raw.length).toBe(16_384)
  })
})

describe("an http event of Suricata", () => {
  it("becomes a transaction", () => {
    const more = {
      http_user_agent: "curl/8.5",
      http_refer: "http://r.example/",
      http_request_body: Buffer.from("q=\xff", "latin1").toString("base64"),
    }
    expect(read({ ...http, http: { ...http.http, ...more } })).toMatchObject({
      kind: "http",
      request: {
        method: "GET",
        target: "/a?b=1",
        protocol: "HTTP/1.1",
        headers: [
          { name: "Host", value: "shop.example" },
          { name: "User-Agent", value: "curl/8.5" },
          { name: "Referer", value: "http://r.example/" },
        ],
        body: "q=\xff",
        bodyTruncated: false,
      },
      response: { status: 200, bodyTruncated: true },
    })
  })

  it("has all header fields where Suricata writes them, and no response where there was none", () => {
    const request_headers = [{ name: "X-A", value: "ü" }, { name: "X-B" }]
    const { status, ...unanswered } = http.http
    expect(status).toBe(200)
    expect(read({ ...http, http: { ...unanswered, request_headers } })).toMatchObject({
      request: {
        headers: [
          { name: "X-A", value: "\xc3\xbc" },
          { name: "X-B", value: "" },
        ],
      },
      response: null,
    })
  })
})

describe("a line of EVE JSON", () => {
  const skipped: readonly (readonly [unknown, string])[] = [
    [{ ...base, event_type: "dns" }, "dns event"],
    [{ ...base, event_type: "flow" }, "flow event"],
    [{ ...base, event_type: "<script>" }, "unnamed event"],
    [{ ...base, event_type: "alert" }, "alert without a rule"],
    [{ ...alert, timestamp: "now" }, "event without a time"],
    [{ ...alert, src_ip: "nobody" }, "event without addresses"],
    [{ ...http, http: { hostname: "a" } }, "http event without a request"],
    [{ a: 1 }, "line that is no EVE record"],
    [[], "line that is no EVE record"],
    [null, "line that is no EVE record"],
  ]
  it("that tells nothing of use is counted by what it is", () => {
    expect(skipped).toHaveLength(10)
    for (const [event, reason] of skipped) expect(read(event), JSON.stringify(event)).toBe(reason)
    expect(readEvent({ text: '{"half": ', number: 1 })).toBe("line that is no EVE record")
  })

  it("may hold anything, and never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        for (const event of [
          one,
          { ...alert, alert: one },
          { ...http, http: one, flow: other },
          { ...alert, src_ip: one },
        ])
          expect(["string", "object"]).toContain(typeof read(event))
      }),
      { numRuns: 500 },
    )
  })

  it("is read from gzip too, and counted in the sensor's status", async () => {
    const file = written("eve.json.gz", gzipSync(`${jsonLines(alert, { ...base, event_type: "dns" })}rubbish\n`))
    const sensor = createEveSensor({ ids }, { node, file })
    const seen: Observation[] = []
    await sensor.run((observation) => {
      seen.push(observation)
    }, new AbortController().signal)
    expect(seen.map(({ kind }) => kind)).toEqual(["finding"])
    expect(sensor.status().skipped).toEqual({ "dns event": 1, "line that is no EVE record": 1 })
  })
})

describe("the tables of classes", () => {
  it("hold names that are classes", () => {
    expect(classtypes.size).toBeGreaterThan(40)
    for (const name of [...classtypes.values(), ...meanings.keys()])
      expect(classtype.safeParse(name).success, name).toBe(true)
    const known = new Set(classtypes.values())
    for (const name of meanings.keys()) expect(known.has(name), name).toBe(true)
  })
})
