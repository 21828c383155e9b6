import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, describe, expect, it } from "vitest"
import { createIds, nodeRef, systemClock } from "../core/index.ts"
import { conversation, frames, pcap, pcapngBlock, u32Bytes } from "./capture/testing/packets.ts"
import { createFileSensor, sniffFormat } from "./index.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-files-"))
afterAll(() => rmSync(folder, { recursive: true }))

const capture = pcap(frames(conversation(["GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 204 X\r\n\r\n"])))
const pcapng = pcapngBlock(0x0a0d0d0a, Buffer.concat([u32Bytes([0x1a2b3c4d, 1, 0xffffffff, 0xffffffff])]))
const access = '203.0.113.9 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 1\n'
const eve = `${JSON.stringify({
  timestamp: "2023-10-10T13:55:36+0000",
  event_type: "alert",
  src_ip: "203.0.113.9",
  dest_ip: "10.0.0.5",
  alert: { signature_id: 1, signature: "x", category: "Misc Attack", severity: 2 },
})}\n`

const files: readonly (readonly [string, Buffer, string | undefined, number])[] = [
  ["capture", capture, "pcap", 1],
  ["capture in big endian", pcap([], { little: false, nanoseconds: true }), "pcap", 0],
  ["pcapng", pcapng, "pcapng", 0],
  ["access log", Buffer.from(access), "access-log", 1],
  ["access log after rubbish", Buffer.from(`\x16\x03\x01\nrubbish\n${access}`), "access-log", 1],
  ["access log with virtual hosts", Buffer.from(`shop.example:80 ${access}`), "access-log", 1],
  ["EVE JSON", Buffer.from(eve), "eve", 1],
  ["other JSON", Buffer.from('{"a":1}\n'), undefined, 0],
  ["text", Buffer.from("dear diary\n"), undefined, 0],
  ["nothing", Buffer.alloc(0), undefined, 0],
  ["zeros", Buffer.alloc(100_000), undefined, 0],
]

describe("a file", () => {
  it("is known by its content, gzip or not, and read by the sensor for it", async () => {
    expect(files).toHaveLength(11)
    const node = nodeRef.parse({ id: "web-1", kind: "host", name: "web-1" })
    for (const [name, content, format, observations] of files)
      for (const bytes of [content, gzipSync(content)]) {
        const file = join(folder, "file")
        writeFileSync(file, bytes)
        expect(await sniffFormat(file), name).toBe(format)
        const made = createFileSensor({ ids: createIds(systemClock) }, { file, node })
        if (format === undefined) {
          await expect(made, name).rejects.toMatchObject({ code: "THWART_FORMAT_UNKNOWN" })
          continue
        }
        const sensor = await made
        await sensor.run(() => undefined, new AbortController().signal)
        expect(sensor.status().observations, name).toBe(observations)
      }
  })

  it("that is not there is refused by name", async () => {
    const missing = join(folder, "missing")
    await expect(sniffFormat(missing)).rejects.toThrow(`can't read "${missing}"`)
  })
})
