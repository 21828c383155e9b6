import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, describe, expect, it } from "vitest"
import { createIds, systemClock } from "../../core/index.ts"
import { describeSensor } from "../contract.ts"
import { createCaptureFileSensor } from "./file-sensor.ts"
import { testNode } from "./testing/observe.ts"
import { conversation, frames, pcap } from "./testing/packets.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-capture-"))
const ids = createIds(systemClock)
const turns = Array.from({ length: 5 }, (_, n) => [`GET /${n} HTTP/1.1\r\n\r\n`, "HTTP/1.1 204 Gone\r\n\r\n"]).flat()
const capture = pcap(frames(conversation(turns)))

afterAll(() => rmSync(folder, { recursive: true }))

const written = (name: string, bytes: Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const sensorOf = (file: string) => createCaptureFileSensor({ ids }, { file, node: testNode })

describeSensor("of a capture file", {
  create: () => sensorOf(written("contract.pcap", capture)),
  expected: 5,
  broken: { create: () => sensorOf(join(folder, "missing.pcap")), code: "THWART_FILE_UNREADABLE" },
})

describe("a capture file", () => {
  it("is read unpacked when it is gzip, whatever its name, and tells how far it is", async () => {
    // Larger than what is read at once, and not to be packed small.
    const noise = Array.from({ length: 2000 }, (_, n) => ({ data: Buffer.from(`${Math.sin(n)}`.repeat(60)) }))
    const large = pcap([...noise, ...frames(conversation(turns)), ...noise])
    for (const [name, bytes] of [
      ["plain.pcap", large],
      ["packed.pcap", gzipSync(large)],
      ["members.pcap", Buffer.concat([gzipSync(large.subarray(0, 99_999)), gzipSync(large.subarray(99_999))])],
    ] as const) {
      const file = written(name, bytes)
      const progress: number[] = []
      const sensor = createCaptureFileSensor(
        { ids },
        { file, node: testNode, onProgress: (now) => progress.push(now.bytesRead / now.bytesTotal) },
      )
      let seen = 0
      await sensor.run(() => {
        seen++
      }, new AbortController().signal)
      expect(seen, name).toBe(5)
      expect(progress.at(-1), name).toBe(1)
      expect([...progress].sort(), name).toEqual(progress)
    }
  })

  it("gives what comes before the place where its gzip was cut off or damaged", async () => {
    const noise = Array.from({ length: 4000 }, (_, n) => ({ data: Buffer.from(`${Math.sin(n)}`.repeat(60)) }))
    const packed = gzipSync(pcap([...frames(conversation(turns)), ...noise]))
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, packed.length - 2000, packed.length - 1000)
    for (const [name, bytes] of [
      ["cut.pcap.gz", packed.subarray(0, packed.length - 1000)],
      ["damaged.pcap.gz", damaged],
    ] as const) {
      const sensor = sensorOf(written(name, bytes))
      let seen = 0
      await sensor.run(() => {
        seen++
      }, new AbortController().signal)
      expect(seen, name).toBe(5)
      expect(Object.keys(sensor.status().skipped).length, name).toBeGreaterThan(0)
    }
  })

  it("that is no capture, or a folder, is refused by name", async () => {
    const stop = new AbortController().signal
    const text = written("notes.txt", Buffer.from("dear diary"))
    await expect(sensorOf(text).run(() => undefined, stop)).rejects.toThrow(/notes\.txt" is neither pcap nor pcapng/)
    const onFolder = sensorOf(folder)
    await expect(onFolder.run(() => undefined, stop)).rejects.toThrow(/can't read/)
    expect(onFolder.status().reason).toMatch(/can't read ".*": it is a folder/)
  })

  it("is left where it is when the run is stopped", async () => {
    const stop = new AbortController()
    const sensor = sensorOf(written("stopped.pcap", capture))
    let seen = 0
    await sensor.run(() => {
      seen++
      stop.abort()
    }, stop.signal)
    expect(seen).toBe(1)
    expect(sensor.status()).toMatchObject({ state: "stopped", observations: 1 })
  })
})
