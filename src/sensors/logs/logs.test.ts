import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, describe, expect, it } from "vitest"
import { createIds, type HttpObservation, nodeRef, systemClock } from "../../core/index.ts"
import { describeSensor } from "../contract.ts"
import { createAccessLogFollower, createAccessLogSensor } from "./index.ts"

const ids = createIds(systemClock)
const node = nodeRef.parse({ id: "web-1", kind: "host", name: "web-1" })
const folder = mkdtempSync(join(tmpdir(), "thwart-logs-"))
afterAll(() => rmSync(folder, { recursive: true }))

const line = (target: string) =>
  `203.0.113.9 - - [10/Oct/2023:13:55:36 -0700] "GET ${target} HTTP/1.1" 200 2326 "http://shop.example/" "curl/8.5"\n`

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const missing = join(folder, "missing.log")

describeSensor("of an access log", {
  create: () =>
    createAccessLogSensor({ ids }, { node, file: written("contract.log", line("/1") + line("/2") + line("/3")) }),
  expected: 3,
  broken: { create: () => createAccessLogSensor({ ids }, { node, file: missing }), code: "THWART_FILE_UNREADABLE" },
})

const followed = join(folder, "followed.log")
describeSensor("of an access log that grows", {
  create: () => {
    writeFileSync(followed, line("/before"))
    return createAccessLogFollower({ ids }, { node, file: followed, pollMs: 5 })
  },
  provoke: async () => {
    // It stands at the end once it has looked; until then what is added would be before its time.
    await new Promise((resolve) => setTimeout(resolve, 50))
    appendFileSync(followed, line("/1") + line("/2"))
  },
  expected: 2,
  broken: { create: () => createAccessLogFollower({ ids }, { node, file: missing }), code: "THWART_FILE_UNREADABLE" },
})

async function read(file: string) {
  const sensor = createAccessLogSensor({ ids }, { node, file })
  const seen: HttpObservation[] = []
  await sensor.run((observation) => {
    if (observation.kind === "http") seen.push(observation)
  }, new AbortController().signal)
  return { seen, skipped: sensor.status().skipped }
}

describe("an access log", () => {
  it("tells of transactions what it knows", async () => {
    const { seen } = await read(written("one.log", `shop.example:8080 ${line("/a?b=\\x27")}`))
    expect(seen).toMatchObject([
      {
        kind: "http",
        sensor: "log:one.log",
        direction: "inbound",
        source: { address: "203.0.113.9", port: 0 },
        destination: { address: "0.0.0.0", port: 8080 },
        origin: { file: join(folder, "one.log"), frame: null, line: 1 },
        request: {
          method: "GET",
          target: "/a?b='",
          protocol: "HTTP/1.1",
          headers: [
            { name: "Host", value: "shop.example" },
            { name: "Referer", value: "http://shop.example/" },
            { name: "User-Agent", value: "curl/8.5" },
          ],
          body: "",
        },
        response: { status: 200, headers: [], body: "", bodyTruncated: true },
        malformed: [],
      },
    ])
  })

  it("may hold requests that are none", async () => {
    const { seen, skipped } = await read(
      written(
        "odd.log",
        line("/").replace("GET / HTTP/1.1", "\\x16\\x03\\x01") + line("/").replace("GET / HTTP/1.1", "-"),
      ),
    )
    expect(seen.map(({ request, malformed }) => [request.method, request.target, malformed])).toEqual([
      ["", "\x16\x03\x01", ["request line malformed"]],
    ])
    expect(skipped).toEqual({ "connection without a request": 1 })
  })

  it("may be gzip, end without a line end, use CRLF, and hold rubbish and lines of any length", async () => {
    const long = line(`/${"x".repeat(300_000)}`)
    const text = `${line("/1")}rubbish\n\n${long}${line("/2").replace("\n", "\r\n")}${line("/3").trimEnd()}`
    for (const [name, content] of [
      ["mixed.log", text],
      ["mixed.log.gz", gzipSync(text)],
    ] as const) {
      const { seen, skipped } = await read(written(name, content))
      expect(
        seen.map(({ request, origin }) => [origin?.line, request.target]),
        name,
      ).toEqual([
        [1, "/1"],
        [5, "/2"],
        [6, "/3"],
      ])
      expect(skipped, name).toEqual({ "line without a time": 1, "line too long": 1 })
    }
  })
})

describe("an access log that grows", () => {
  it("is followed through rotation and truncation, without a line lost or read twice", async () => {
    const file = written("growing.log", line("/old"))
    const stop = new AbortController()
    const seen: (readonly [string, number | null | undefined])[] = []
    const sensor = createAccessLogFollower({ ids }, { node, file, pollMs: 5 })
    const done = sensor.run((observation) => {
      if (observation.kind === "http") seen.push([observation.request.target, observation.origin?.line])
    }, stop.signal)
    const until = async (count: number) => {
      while (seen.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    const half = line("/2")
    appendFileSync(file, line("/1") + half.slice(0, 20))
    await until(1)
    appendFileSync(file, half.slice(20))
    await until(2)
    appendFileSync(file, line("/3"))
    renameSync(file, `${file}.1`)
    appendFileSync(`${file}.1`, line("/4"))
    await new Promise((resolve) => setTimeout(resolve, 30))
    writeFileSync(file, line("/5"))
    await until(5)
    truncateSync(file, 0)
    await new Promise((resolve) => setTimeout(resolve, 30))
    appendFileSync(file, line("/6"))
    await until(6)
    stop.abort()
    await done
    expect(seen).toEqual([
      ["/1", null],
      ["/2", null],
      ["/3", null],
      ["/4", null],
      ["/5", 1],
      ["/6", 1],
    ])
    expect(sensor.status()).toMatchObject({ state: "stopped", observations: 6, skipped: {} })
  })
})
