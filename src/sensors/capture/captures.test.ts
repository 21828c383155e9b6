import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { has, testData } from "../../../test/support/requirements.ts"
import { createIds, type HttpObservation, systemClock } from "../../core/index.ts"
import { createCaptureFileSensor } from "./file-sensor.ts"
import { testNode } from "./testing/observe.ts"

const present = has("the captures of real traffic", "data")
const folder = join(testData, "suricata-verify")
const captures = present
  ? readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".pcap"))
      .sort()
  : []

async function read(path: string) {
  const seen: HttpObservation[] = []
  const sensor = createCaptureFileSensor({ ids: createIds(systemClock) }, { file: join(folder, path), node: testNode })
  await sensor.run((observation) => {
    if (observation.kind === "http") seen.push(observation)
  }, new AbortController().signal)
  return { seen, skipped: sensor.status().skipped }
}

describe.runIf(present)("captures of real traffic", () => {
  it("are all read to their end, and give the transactions that are in them", async () => {
    expect(captures.length).toBeGreaterThan(150)
    let transactions = 0
    let answered = 0
    const withHttp = new Set<string>()
    for (const path of captures) {
      const { seen } = await read(path)
      transactions += seen.length
      answered += seen.filter(({ response }) => response !== null).length
      if (seen.length > 0) withHttp.add(path)
      for (const { request } of seen) expect(request.method, path).toMatch(/^[A-Z]+$/)
    }
    // tcpdump names as many request lines on the ports that it takes for HTTP; the rest was counted by hand.
    expect(transactions).toBeGreaterThanOrEqual(160)
    expect(answered).toBeGreaterThanOrEqual(135)
    expect(withHttp.size).toBeGreaterThanOrEqual(60)
  })

  const known: readonly (readonly [string, readonly unknown[]])[] = [
    ["alert-testmyids-midstream5", [["GET", "/", 200]]],
    ["bug-3286-03-windows-evasion", [["GET", "/", 200]]],
    ["bug-2576-01", [["GET", "/", 200]]],
    ["bug-2769", [["CONNECT", "supportingfunctions.us.newsweaver.com:443", 200]]],
    [
      "http-async",
      [
        ["GET", "/1", 200],
        ["GET", "/2", 200],
      ],
    ],
    ["issue-3267-tcphdr", [["GET", "/", 304]]],
    ["tcp-fastopen-06", [["GET", "//index.php?page=../../../etc/passwd", 200]]],
    ["tcp-urgp-01-oob", [["GET", "/malicious", 200]]],
    ["websocket-ping", [["GET", "/", 101]]],
    ["http2-long-frame", []],
    ["from_base64-02", [["GET", "/?arg=Zm%209v%20Ym%20Fy", 200]]],
  ]
  it("give what is known of some of them", async () => {
    expect(known).toHaveLength(11)
    for (const [name, expected] of known) {
      const path = captures.find((capture) => capture.startsWith(`${name}/`)) ?? ""
      const { seen } = await read(path)
      const told = seen.map(({ request, response }) => [request.method, request.target, response?.status])
      expect(told, name).toEqual(expected)
    }
  })
})
