// Run by a test in a process of its own: reads a generated capture and prints how much memory that took.
import { createIds, systemClock } from "../../../core/index.ts"
import { createCaptureFileSensor } from "../file-sensor.ts"
import { testNode } from "./observe.ts"
import { endlessTraffic } from "./traffic.ts"

const [megabytes = "300"] = process.argv.slice(2)
const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: shop.example\r\n\r\n`
const ok = (body: Buffer) =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body])

const open = endlessTraffic(
  [
    // Pages, downloads beyond the body limit, uploads that never end, and what is not HTTP.
    { turns: Array.from({ length: 10 }, (_, n) => [get(`/${n}`), ok(Buffer.alloc(20_000, "p"))]).flat(), perRound: 10 },
    { turns: [get("/large"), ok(Buffer.alloc(2_500_000, "d"))], perRound: 1 },
    { turns: [`POST / HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n${"u".repeat(100_000)}`], perRound: 10 },
    { turns: ["\x16\x03\x01", Buffer.alloc(300_000, 0xa5)], perRound: 2 },
  ],
  Number(megabytes) * 1e6,
)
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
