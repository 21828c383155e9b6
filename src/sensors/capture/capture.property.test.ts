import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createIds, systemClock, ThwartError } from "../../core/index.ts"
import { createSkipped } from "../input/index.ts"
import { createCaptureReader } from "./capture-reader.ts"
import { createPipeline } from "./pipeline.ts"
import { type Observed, observe, testNode } from "./testing/observe.ts"
import { conversation, ethernet, frames, ip, ipv4, pcap, type TcpSegment, tcp } from "./testing/packets.ts"

const packed = gzipSync("<p>one two three</p>".repeat(40))
const requests = [
  "GET /one?a=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
  "POST /two HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
  "HEAD /three HTTP/1.1\r\nHost: shop.example\r\n\r\n",
  `POST /four HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 300\r\n\r\n${"x".repeat(300)}`,
]
const responses = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"4\r\npart\r\n".repeat(50)}0\r\n\r\n`,
  "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`),
    packed,
  ]),
]
const turns = requests.flatMap((request, index) => [request, responses[index] ?? ""])

/** What must not depend on how the bytes travelled. */
const told = ({ transactions }: Observed) =>
  transactions.map(({ request, response, malformed, source, destination, direction }) => ({
    request,
    response,
    malformed,
    source,
    destination,
    direction,
  }))

const expected = told(await observe(pcap(frames(conversation(turns)))))
const whole = pcap(frames(conversation(turns, { segmentBytes: 100 })))

describe("the same exchange", () => {
  it("is four transactions", () => {
    expect(
      expected.map(({ request, response }) => [request.target, request.body.length, response?.body.length]),
    ).toEqual([
      ["/one?a=1", 0, 5],
      ["/two", 11, 200],
      ["/three", 0, 0],
      ["/four", 300, 800],
    ])
  })

  it("gives the same transactions however it is cut into segments, reordered and sent again", async () => {
    const handshake = 3
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 1460 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.infiniteStream(fc.nat()),
      async (segmentBytes, isn, random) => {
        const segments = conversation(turns, { segmentBytes, clientIsn: isn, serverIsn: isn ^ 0x5a5a5a5a })
        const draw = () => random.next().value ?? 0
        const data = segments.slice(handshake)
        // Each goes up to eight places late, some twice.
        const sent = data.flatMap((segment) => (draw() % 4 === 0 ? [segment, segment] : [segment]))
        const order = sent.map((segment, index) => ({ segment, place: index + (draw() % 8) }))
        order.sort((one, other) => one.place - other.place)
        const all: TcpSegment[] = [...segments.slice(0, handshake), ...order.map(({ segment }) => segment)]
        expect(told(await observe(pcap(frames(all))))).toEqual(expected)
      },
    )
    await fc.assert(property, { numRuns: 200 })
  })

  it("gives the same transactions when its packets come in fragments", async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.boolean(), async (eights, reversed) => {
      const size = eights * 8
      const pieces = conversation(turns, { segmentBytes: 400 }).flatMap((segment, id) => {
        const bytes = tcp(segment)
        const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size).map((from) =>
          ipv4(segment.from.address, segment.to.address, bytes.subarray(from, from + size), {
            id,
            fragmentOffset: from,
            more: from + size < bytes.length,
          }),
        )
        return reversed ? parts.reverse() : parts
      })
      expect(told(await observe(pcap(pieces.map((data) => ({ data: ethernet(data) })))))).toEqual(expected)
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it("gives the same whatever the pieces that the file comes in", async () => {
    const frameIndependent = await observe(whole)
    const property = fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 40 }), async (cuts) => {
      const { transactions, skipped } = await observe(whole, { cuts })
      expect(transactions.map(({ id, ...rest }) => rest)).toEqual(
        frameIndependent.transactions.map(({ id, ...rest }) => rest),
      )
      expect(skipped).toEqual({})
    })
    await fc.assert(property, { numRuns: 100 })
  })

  it("gives up to any point what came until there, and never a transaction more", async () => {
    const property = fc.asyncProperty(fc.integer({ min: 24 + 16 + 60, max: whole.length }), async (length) => {
      const { transactions } = await observe(whole.subarray(0, length))
      expect(transactions.length).toBeLessThanOrEqual(expected.length)
      transactions.forEach(({ request }, index) => {
        expect(expected[index]?.request.target.startsWith(request.target)).toBe(true)
      })
    })
    await fc.assert(property, { numRuns: 100 })
  })
})

describe("hostile bytes", () => {
  const bytesToBreak = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 60 })

  it("in a capture never throw anything but that it can't be read, and end", async () => {
    const property = fc.asyncProperty(bytesToBreak, async (changes) => {
      const bytes = Buffer.from(whole)
      for (const [place, value] of changes) bytes[place % bytes.length] = value
      const failed = await observe(bytes).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failed !== undefined) expect(failed).toBeInstanceOf(ThwartError)
    })
    await fc.assert(property, { numRuns: 400 })
  })

  it("in packets, their framing left whole, never throw", async () => {
    const good = conversation(turns, { segmentBytes: 120 }).map((segment) => ip(segment))
    const property = fc.asyncProperty(bytesToBreak, async (changes) => {
      const packets = good.map((packet) => Buffer.from(packet))
      for (const [place, value] of changes) {
        const packet = packets[place % packets.length]
        if (packet !== undefined) packet[Math.floor(place / packets.length) % Math.min(packet.length, 60)] = value
      }
      await observe(
        pcap(
          packets.map((data) => ({ data })),
          { linkType: 101 },
        ),
      )
    })
    await fc.assert(property, { numRuns: 400 })
  })

  it("in what is said never throw, and the request line is never lost", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }),
      fc.integer({ min: 1, max: 200 }),
      async (said, segmentBytes) => {
        const all = ["GET /kept HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", ...said.map((bytes) => Buffer.from(bytes))]
        const { transactions } = await observe(pcap(frames(conversation(all, { segmentBytes }))))
        expect(transactions[0]?.request.target).toBe("/kept")
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })

  it("of HTTP's own words in any order never throw, and end", async () => {
    const words = [
      ..."GET POST HEAD / /a HTTP/1.1 HTTP/1.0 200 101 100 204 chunked gzip identity 0 5 ffff : ; , = x".split(" "),
      ..."\r\n|\n|\r|\r\n\r\n| |\t|\0|\xff".split("|"),
      "Content-Length: ",
      "Transfer-Encoding: ",
      "Content-Encoding: ",
      "GET / HTTP/1.1\r\n\r\n",
      "HTTP/1.1 200 OK\r\n",
    ]
    const text = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((picked) => picked.join(""))
    const property = fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (said) => {
      const { transactions } = await observe(pcap(frames(conversation(["GET /a HTTP/1.1\r\n\r\n", ...said]))))
      expect(transactions.length).toBeGreaterThan(0)
    })
    await fc.assert(property, { numRuns: 400 })
  })
})

describe("what is held", () => {
  it("is given back to the last byte, whatever came", async () => {
    const said = fc.array(fc.oneof(fc.constantFrom(...turns), fc.string({ maxLength: 300 })), {
      minLength: 1,
      maxLength: 8,
    })
    const property = fc.asyncProperty(
      said,
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      async (all, segmentBytes, losses) => {
        const segments = conversation(all, { segmentBytes })
        for (const loss of losses) segments.splice(loss % segments.length, 1)
        const reader = createCaptureReader("x", createSkipped())
        const pipeline = createPipeline({ node: testNode, responseWaitMs: 20, maxHeldBytes: 20_000 }, context)
        const drain = async () => {
          while (pipeline.ready) await pipeline.take()
        }
        reader.push(pcap(frames(segments)))
        while (reader.next()) {
          pipeline.packet(reader.packet)
          await drain()
        }
        while (pipeline.finishOne()) await drain()
        expect(pipeline.heldBytes).toBe(0)
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })
})

const context = {
  ids: createIds(systemClock),
  sensor: "x",
  file: "x",
  seed: 1,
  skipped: createSkipped(),
  responseWaitMs: 20,
}
