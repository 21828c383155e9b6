import { describe, expect, it } from "vitest"
import { createSkipped } from "../input/index.ts"
import { createCaptureReader } from "./capture-reader.ts"
import { firstMs, type PcapOptions, pcap, pcapngBlock, u32Bytes } from "./testing/packets.ts"

interface Read {
  readonly packets: readonly { frame: number; at: number; linkType: number; text: string; originalLength: number }[]
  readonly skipped: Readonly<Record<string, number>>
}

function read(bytes: Buffer, chunkBytes = bytes.length): Read {
  const skipped = createSkipped()
  const reader = createCaptureReader("x.pcap", skipped)
  const packets = []
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, at + chunkBytes))
    while (reader.next()) {
      const { frame, at, linkType, originalLength, data, start, end } = reader.packet
      packets.push({ frame, at, linkType, originalLength, text: data.toString("latin1", start, end) })
    }
  }
  reader.finish()
  return { packets, skipped: skipped.counts() }
}

const two = [{ data: Buffer.from("first") }, { data: Buffer.from("second"), originalLength: 60 }]

describe("a pcap file", () => {
  const kinds: readonly PcapOptions[] = [
    { little: true, nanoseconds: false },
    { little: true, nanoseconds: true },
    { little: false, nanoseconds: false },
    { little: false, nanoseconds: true, linkType: 113 },
  ]
  it("is read in both byte orders and both resolutions, whatever the pieces it comes in", () => {
    expect(kinds).toHaveLength(4)
    for (const kind of kinds) {
      const bytes = pcap(two, kind)
      for (const chunkBytes of [bytes.length, 1, 7, 24, 25]) {
        expect(read(bytes, chunkBytes).packets, JSON.stringify({ kind, chunkBytes })).toEqual([
          { frame: 1, at: firstMs, linkType: kind.linkType ?? 1, text: "first", originalLength: 5 },
          { frame: 2, at: firstMs + 1, linkType: kind.linkType ?? 1, text: "second", originalLength: 60 },
        ])
      }
    }
  })

  it("gives what stands before the place where it was cut off, and counts that", () => {
    const bytes = pcap(two)
    expect(read(bytes.subarray(0, bytes.length - 2))).toMatchObject({
      packets: [{ text: "first" }],
      skipped: { "capture cut off inside a record": 1 },
    })
  })

  it("may be empty", () => {
    expect(read(pcap([]))).toEqual({ packets: [], skipped: {} })
  })

  it("stops at a record length that can't be", () => {
    const bytes = pcap(two)
    bytes.writeUInt32LE(0x7fffffff, 24 + 16 + 5 + 8)
    expect(read(bytes)).toMatchObject({ packets: [{ text: "first" }], skipped: { "record length implausible": 1 } })
  })

  const refused: readonly (readonly [string, Buffer, string, RegExp])[] = [
    ["nothing", Buffer.alloc(0), "THWART_FORMAT_UNKNOWN", /"x\.pcap" is 0 bytes long/],
    ["three bytes", Buffer.from([0xd4, 0xc3, 0xb2]), "THWART_FORMAT_UNKNOWN", /3 bytes long/],
    [
      "text",
      Buffer.from("GET / HTTP/1.1\r\n"),
      "THWART_FORMAT_UNKNOWN",
      /neither pcap nor pcapng: it starts with 47455420/,
    ],
    ["half a header", pcap([]).subarray(0, 20), "THWART_FILE_UNREADABLE", /ends at offset 20, inside the pcap header/],
    ["a first record cut off", pcap(two).subarray(0, 30), "THWART_FILE_UNREADABLE", /no readable packet.*offset 24/],
    ["half a section header", pcapng().subarray(0, 10), "THWART_FILE_UNREADABLE", /no readable packet/],
  ]
  it("is refused with its name and the offset when nothing in it can be read", () => {
    expect(refused).toHaveLength(6)
    for (const [what, bytes, code, message] of refused) {
      expect(() => read(bytes), what).toThrow(message)
      expect(() => read(bytes), what).toThrow(expect.objectContaining({ code }))
    }
  })
})

interface PcapngOptions {
  readonly little?: boolean
  readonly resolution?: number
}

/** One section with two interfaces, and a packet of each kind of block. */
function pcapng({ little = true, resolution }: PcapngOptions = {}): Buffer {
  const u32 = (...values: number[]) => u32Bytes(values, little)
  const u16s = (one: number, other: number) => u32(little ? one | (other << 16) : (one << 16) | other)
  const option = resolution === undefined ? [] : [u16s(9, 1), Buffer.from([resolution, 0, 0, 0]), u32(0)]
  const units = resolution === undefined ? 1000n : resolution === 9 ? 1_000_000n : 1n
  const ticks = resolution === 0x8a ? BigInt(firstMs / 1000) * 1024n : BigInt(firstMs) * units
  const [high, low] = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)]
  const section = Buffer.concat([u32(0x1a2b3c4d, little ? 1 : 0x10000), u32(0xffffffff, 0xffffffff)])
  return Buffer.concat([
    pcapngBlock(0x0a0d0d0a, section, little),
    pcapngBlock(1, Buffer.concat([u16s(1, 0), u32(100), ...option]), little),
    pcapngBlock(1, Buffer.concat([u16s(101, 0), u32(0), ...option]), little),
    pcapngBlock(6, Buffer.concat([u32(0, high, low, 5, 5), Buffer.from("first")]), little),
    pcapngBlock(4, Buffer.from("name resolution, which is passed over"), little),
    pcapngBlock(6, Buffer.concat([u32(1, high, low, 6, 60), Buffer.from("second")]), little),
    pcapngBlock(3, Buffer.concat([u32(5), Buffer.from("third")]), little),
    pcapngBlock(2, Buffer.concat([u16s(1, 0), u32(high, low, 6, 6), Buffer.from("fourth")]), little),
  ])
}

describe("a pcapng file", () => {
  const texts = ["first", "second", "third", "fourth"]
  it("is read in both byte orders and every resolution, whatever the pieces it comes in", () => {
    const kinds: readonly PcapngOptions[] = [
      { little: true },
      { little: false },
      { little: true, resolution: 9 },
      { little: false, resolution: 3 },
      { little: true, resolution: 0x8a },
    ]
    expect(kinds).toHaveLength(5)
    for (const kind of kinds) {
      const bytes = pcapng(kind)
      for (const chunkBytes of [bytes.length, 1, 13]) {
        const { packets, skipped } = read(bytes, chunkBytes)
        expect(
          packets.map(({ text }) => text),
          JSON.stringify(kind),
        ).toEqual(texts)
        expect(packets.map(({ at }) => at)).toEqual([firstMs, firstMs, firstMs, firstMs])
        expect(packets.map(({ linkType }) => linkType)).toEqual([1, 101, 1, 101])
        expect(packets.map(({ frame }) => frame)).toEqual([1, 2, 3, 4])
        expect(skipped).toEqual({})
      }
    }
  })

  it("may have several sections, each in its own byte order with its own interfaces", () => {
    const { packets } = read(Buffer.concat([pcapng({ little: true }), pcapng({ little: false, resolution: 9 })]), 11)
    expect(packets.map(({ text }) => text)).toEqual([...texts, ...texts])
    expect(packets.at(-1)).toMatchObject({ frame: 8, at: firstMs, linkType: 101 })
  })

  it("may hold packets of interfaces that it does not describe, which are counted", () => {
    const stray = pcapngBlock(6, Buffer.concat([u32Bytes([7, 0, 0, 5, 5]), Buffer.from("stray")]))
    const { packets, skipped } = read(Buffer.concat([pcapng(), stray]))
    expect(packets).toHaveLength(4)
    expect(skipped).toEqual({ "packet of an undescribed interface": 1 })
  })

  it("may claim packets longer than their blocks, which are counted", () => {
    const lying = pcapngBlock(6, Buffer.concat([u32Bytes([0, 0, 0, 50, 50]), Buffer.from("short")]))
    expect(read(Buffer.concat([pcapng(), lying])).skipped).toEqual({ "packet longer than its block": 1 })
  })

  it("gives what stands before the place where it was cut off, and counts that", () => {
    const bytes = pcapng()
    const { packets, skipped } = read(bytes.subarray(0, bytes.length - 3))
    expect(packets).toHaveLength(3)
    expect(skipped).toEqual({ "capture cut off inside a record": 1 })
  })

  it("stops at a block length that can't be", () => {
    const bytes = Buffer.concat([pcapng(), u32Bytes([6, 4, 0, 0])])
    expect(read(bytes).skipped).toEqual({ "block length implausible": 1 })
  })

  it("passes over a block of many megabytes without holding it", () => {
    const large = pcapngBlock(0xbad, Buffer.alloc(8 * 1024 * 1024))
    const bytes = Buffer.concat([pcapng(), large, pcapngBlock(3, Buffer.concat([u32Bytes([4]), Buffer.from("last")]))])
    expect(read(bytes, 64 * 1024).packets.at(-1)?.text).toBe("last")
  })
})
