import { gzipSync } from "node:zlib"
import { createIds, nodeId, systemClock } from "../src/core/index.ts"
import { createCaptureFileSensor } from "../src/sensors/capture/index.ts"
import { endlessTraffic, type TrafficKind } from "../src/sensors/capture/testing/traffic.ts"
import type { Bench, Figure } from "./figure.ts"

const megabytes = Number(process.env.THWART_BENCH_DECODE_MB ?? 1000)
const headers =
  "Host: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\nCookie: session=0123456789abcdef\r\n\r\n"
const request = (target: string) => `GET ${target} HTTP/1.1\r\n${headers}`
const response = (body: Buffer, extra = "") =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n${extra}Content-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])

const page = Buffer.from("<p>Nothing to see here, but rather a lot of it.</p>\n".repeat(400))
const pages = Array.from({ length: 10 }, (_, index) => [request(`/page/${index}`), response(page)]).flat()
const packed = Array.from({ length: 10 }, (_, index) => [
  request(`/page/${index}`),
  response(gzipSync(page), "Content-Encoding: gzip\r\n"),
]).flat()
const small = Array.from({ length: 20 }, (_, index) => [
  request(`/api/${index}`),
  response(page.subarray(0, 300)),
]).flat()
const download = [request("/large.iso"), response(Buffer.alloc(4 * 1024 * 1024, "x"))]
const other = ["\x16\x03\x01\x02\x00\x01", Buffer.alloc(1024 * 1024, 0xa5)]

const mixes: Readonly<Record<string, readonly TrafficKind[]>> = {
  "mixed web traffic": [
    { turns: pages, perRound: 20 },
    { turns: packed, perRound: 20 },
    { turns: small, perRound: 40 },
    { turns: download, perRound: 1 },
    { turns: other, perRound: 2 },
  ],
  "pages of 20 KB": [{ turns: pages, perRound: 40 }],
  "small API calls": [{ turns: small, perRound: 200 }],
  "large downloads": [{ turns: download, perRound: 2 }],
  "what is not HTTP": [{ turns: other, perRound: 8 }],
}

/** Captures from memory through the capture sensor: decoding, reassembly, HTTP, bodies; no detection. */
export const decode: Bench = async (onProgress) => {
  const figures: Figure[] = []
  for (const [what, kinds] of Object.entries(mixes)) {
    onProgress(what)
    const sensor = createCaptureFileSensor(
      { ids: createIds(systemClock), open: endlessTraffic(kinds, megabytes * 1e6) },
      { file: "generated", node: { id: nodeId.parse("bench"), kind: "host", name: "bench" } },
    )
    let observations = 0
    const before = process.cpuUsage()
    await sensor.run(() => {
      observations++
    }, new AbortController().signal)
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    figures.push({ what: `decode and reassembly, ${what}`, value: megabytes / seconds, unit: "MB/CPU-s" })
    if (what === "mixed web traffic") {
      figures.push({ what: "transactions in it", value: observations / seconds, unit: "1/CPU-s" })
      figures.push({ what: "memory at its end (RSS)", value: process.memoryUsage.rss() / 1e6, unit: "MB" })
    }
  }
  return figures
}
