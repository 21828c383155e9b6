// Run by a test in a process of its own: reads a generated capture and prints how much memory that took.
import { gzipSync } from "node:zlib"
import { createIds, systemClock } from "../../../core/index.ts"
import { createCaptureFileSensor } from "../file-sensor.ts"
import { testNode } from "./observe.ts"
import { endlessTraffic, type TrafficKind } from "./traffic.ts"

const [mix = "honest", megabytes = "300"] = process.argv.slice(2)
const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: shop.example\r\n\r\n`
const ok = (body: Buffer, field = "") =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${field}Content-Length: ${body.length}\r\n\r\n`), body])
const pipelined = Array.from({ length: 200 }, (_, n) => get(`/${n}`)).join("")
const bomb = gzipSync(Buffer.alloc(2_000_000))

const mixes: Readonly<Record<string, readonly TrafficKind[]>> = {
  // Pages, downloads beyond the body limit, and what is not HTTP.
  honest: [
    { turns: Array.from({ length: 10 }, (_, n) => [get(`/${n}`), ok(Buffer.alloc(20_000, "p"))]).flat(), perRound: 10 },
    { turns: [get("/large"), ok(Buffer.alloc(2_500_000, "d"))], perRound: 1 },
    { turns: ["\x16\x03\x01", Buffer.alloc(300_000, 0xa5)], perRound: 2 },
  ],
  // Whatever makes us hold on to something: none of it ever ends.
  hostile: [
    { turns: [`GET / HTTP/1.1\r\n${"X-A: b\r\n".repeat(400)}`], perRound: 40, open: true },
    { turns: [`GET / HTTP/1.1\r\nX: ${"y".repeat(60_000)}`], perRound: 10, open: true },
    { turns: [`POST / HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n${"u".repeat(100_000)}`], perRound: 10, open: true },
    { turns: ["A".repeat(30)], perRound: 100, open: true },
    { turns: [`AB ${"x".repeat(8000)}`], perRound: 20, open: true },
    { turns: [get("/hole").repeat(10)], perRound: 20, open: true, hole: true, segmentBytes: 1 },
    { turns: ["x", ok(Buffer.alloc(50_000))], perRound: 10, open: true },
    { turns: [pipelined], perRound: 10, open: true },
    { turns: [get("/bomb"), ok(bomb, "Content-Encoding: gzip\r\n")], perRound: 1 },
  ],
}

const open = endlessTraffic(mixes[mix] ?? [], Number(megabytes) * 1e6)
const sensor = createCaptureFileSensor({ ids: createIds(systemClock), open }, { file: "generated", node: testNode })
await sensor.run(() => undefined, new AbortController().signal)
const { maxRSS } = process.resourceUsage()
process.stdout.write(
  JSON.stringify({
    maxRssBytes: maxRSS * 1024,
    observations: sensor.status().observations,
    skipped: sensor.status().skipped,
  }),
)
