import { describe, expect, it } from "vitest"
import { tcpFlags } from "./flow.ts"
import { observe } from "./testing/observe.ts"
import { client, conversation, firstMs, frames, pcap, server, type TcpSegment } from "./testing/packets.ts"

const targets = async (segments: readonly TcpSegment[]) =>
  (await observe(pcap(frames(segments)))).transactions.map(({ request, response }) => [
    request.target,
    response?.status ?? null,
  ])

const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: shop.example\r\n\r\n`
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const talk = (options = {}) => conversation([request("/one"), ok("1"), request("/two"), ok("22")], options)
const both = [
  ["/one", 200],
  ["/two", 200],
]

/** The segments with the one at `index` replaced. */
function replaced(segments: readonly TcpSegment[], index: number, ...by: readonly TcpSegment[]): TcpSegment[] {
  return [...segments.slice(0, index), ...by, ...segments.slice(index + 1)]
}

function at(segments: readonly TcpSegment[], index: number): TcpSegment {
  const segment = segments[index]
  if (segment === undefined) throw new Error(`no segment ${index}`)
  return segment
}

const part = (segment: TcpSegment, from: number, to?: number): TcpSegment => {
  const payload = Buffer.from(segment.payload ?? "").subarray(from, to)
  return { ...segment, seq: segment.seq + from, payload }
}

describe("a TCP connection", () => {
  it("gives its transactions, with the frame in which each request began", async () => {
    const { transactions } = await observe(pcap(frames(talk())))
    expect(transactions.map(({ origin, request: { target } }) => [origin?.frame, target])).toEqual([
      [4, "/one"],
      [8, "/two"],
    ])
    expect(transactions[0]).toMatchObject({ source: { port: 40_000 }, destination: { port: 80 }, direction: "inbound" })
  })

  it("goes on where sequence numbers wrap around", async () => {
    for (const isn of [0xffffffff, 0xfffffffe, 0xfffffff0, 0x7fffffff, 0x7ffffff0])
      expect(await targets(talk({ clientIsn: isn, serverIsn: isn - 3, segmentBytes: 5 })), `${isn}`).toEqual(both)
  })

  it("is read from segments of one byte", async () => {
    expect(await targets(talk({ segmentBytes: 1 }))).toEqual(both)
  })

  it("is put in order again", async () => {
    const pieces = talk({ segmentBytes: 7 })
    const shuffled = [...pieces.slice(0, 3), ...pieces.slice(3).reverse()]
    expect(await targets(shuffled)).toEqual(both)
  })

  it("may have every segment sent twice", async () => {
    const twice = talk({ segmentBytes: 9 }).flatMap((segment) => [segment, segment])
    expect(await targets(twice)).toEqual(both)
  })

  it("may be retransmitted in larger segments than it was sent in", async () => {
    const small = talk({ segmentBytes: 4 })
    const large = talk()
    expect(await targets([...small.slice(0, 5), ...large.slice(3), ...small.slice(5)])).toEqual(both)
  })

  it("keeps the bytes that came first where segments overlap, and tells of it", async () => {
    const segments = talk()
    const data = at(segments, 3)
    const evil = { ...part(data, 4, 8), payload: "/bad" }
    const { transactions } = await observe(pcap(frames(replaced(segments, 3, evil, part(data, 2), part(data, 0, 3)))))
    expect(transactions.map(({ request: { target } }) => target)).toEqual(["/bad", "/two"])
    expect(transactions[0]?.malformed).toEqual(["TCP segments overlap with different data"])
  })

  it("is picked up in the middle when its start was not captured", async () => {
    expect(await targets(talk({ midstream: true }))).toEqual(both)
  })

  it("is picked up where the next message begins when capture started within one", async () => {
    const segments = talk({ midstream: true })
    expect(await targets(replaced(segments, 0, part(at(segments, 0), 10)))).toEqual([["/two", 200]])
  })

  it("is read even when only one side was captured", async () => {
    const requests = talk().filter(({ from }) => from === client)
    expect(await targets(requests)).toEqual([
      ["/one", null],
      ["/two", null],
    ])
    const responses = await observe(pcap(frames(talk().filter(({ from }) => from === server))))
    expect(responses).toEqual({ transactions: [], skipped: { "response without its request": 2 } })
  })

  it("may bring a response before its request", async () => {
    const segments = talk()
    const [asked, answered] = [at(segments, 3), at(segments, 5)]
    expect(await targets([...segments.slice(0, 3), answered, asked, ...segments.slice(6)])).toEqual(both)
  })

  it("goes on after bytes that were not captured, in a body as within a message", async () => {
    const body = "b".repeat(4000)
    const segments = conversation([request("/one"), ok(body), request("/two"), ok("22")], { segmentBytes: 1000 })
    const lost = segments.findIndex(({ payload }) => payload?.toString() === "b".repeat(1000))
    const { transactions } = await observe(pcap(frames(replaced(segments, lost))))
    expect(transactions.map(({ request: { target } }) => target)).toEqual(["/one", "/two"])
    expect(transactions[0]?.response).toMatchObject({ status: 200, body: "b".repeat(3000), bodyTruncated: true })
    expect(transactions[0]?.malformed).toEqual(["response: bytes missing in the capture"])
    expect(transactions[1]?.response?.body).toBe("22")
  })

  it("finds the next request after one whose head was not captured whole", async () => {
    const turns = [request(`/lost?${"x".repeat(100)}`), ok("1"), request("/found"), ok("22")]
    const segments = conversation(turns, { segmentBytes: 60 })
    const lost = segments.findIndex(({ payload }) => payload !== undefined) + 1
    const { transactions } = await observe(pcap(frames(replaced(segments, lost))))
    expect(transactions.map(({ request: { target } }) => target)).toContain("/found")
  })

  it("may be cut short in each packet by the capture", async () => {
    const cut = frames(talk()).map(({ data }) => ({ data: data.subarray(0, 90), originalLength: data.length }))
    const { transactions, skipped } = await observe(pcap(cut))
    expect(transactions.length).toBeGreaterThan(0)
    expect(skipped["packet cut at capture"]).toBeGreaterThan(0)
  })

  it("is not mistaken for another when its ports are used again", async () => {
    const again = conversation([request("/three"), ok("3")], { clientIsn: 777_000, serverIsn: 888_000 })
    expect(await targets([...talk(), ...again])).toEqual([...both, ["/three", 200]])
    expect(await targets([...talk({ open: true }), ...again])).toEqual([...both, ["/three", 200]])
  })

  it("is not sent again by retransmissions after its end", async () => {
    expect(await targets([...talk(), ...talk()])).toEqual(both)
  })

  const forged: readonly (readonly [string, Partial<TcpSegment>])[] = [
    ["a reset", { flags: tcpFlags.rst, seq: 123 }],
    ["a reset in sequence", { flags: tcpFlags.rst | tcpFlags.ack }],
    ["a SYN", { flags: tcpFlags.syn, seq: 99_999 }],
    ["a SYN in sequence", { flags: tcpFlags.syn }],
    ["data far ahead", { seq: 900_000_000, payload: "GET /evil HTTP/1.1\r\n\r\n" }],
    ["data of long ago", { seq: 4_000_000_000, payload: "GET /evil HTTP/1.1\r\n\r\n" }],
    ["an acknowledgement of what was not sent", { ack: 900_000_000 }],
  ]
  it("is not led astray by forged packets", async () => {
    expect(forged).toHaveLength(7)
    const segments = talk({ segmentBytes: 20 })
    for (const [name, fields] of forged) {
      const packet = { ...part(at(segments, 4), 0, 0), ...fields }
      const { transactions } = await observe(pcap(frames([...segments.slice(0, 5), packet, ...segments.slice(5)])))
      expect(
        transactions.map(({ request: { target } }) => target),
        name,
      ).toEqual(["/one", "/two"])
    }
  })

  it("gives its request on when it is reset before the response", async () => {
    const segments = conversation([request("/one")], { open: true })
    const reset = { ...part(at(segments, 3), 0, 0), flags: tcpFlags.rst }
    expect(await targets([...segments, reset])).toEqual([["/one", null]])
  })

  it("loses its urgent byte, as the server's socket does", async () => {
    const segments = talk()
    const data = at(segments, 3)
    const evil = { ...data, flags: tcpFlags.ack | tcpFlags.urg, urgent: 7, payload: request("/oXne") }
    const shifted = segments
      .slice(4)
      .map((segment) => (segment.from === client ? { ...segment, seq: segment.seq + 1 } : segment))
    const { transactions } = await observe(pcap(frames([...segments.slice(0, 3), evil, ...shifted])))
    expect(transactions.map((one) => [one.request.target, one.malformed])).toEqual([
      ["/one", ["TCP urgent data"]],
      ["/two", []],
    ])
  })

  it("may bring data in its SYN", async () => {
    const [syn, synAck, , data, ...rest] = talk()
    if (syn === undefined || synAck === undefined || data === undefined) throw new Error("no segments")
    expect(await targets([{ ...syn, payload: data.payload ?? "" }, synAck, ...rest])).toEqual(both)
  })
})

describe("the connections together", () => {
  const many = (count: number, open: boolean) =>
    Array.from({ length: count }, (_, index) =>
      conversation([request(`/${index}`)], { client: { address: "203.0.113.9", port: 1000 + index }, open }),
    )

  it("are bounded in number: the one quiet for longest is ended, and what it asked given on", async () => {
    const { transactions, skipped } = await observe(pcap(frames(many(50, true).flat())), { maxFlows: 10 })
    expect(transactions.map(({ request: { target } }) => target)).toEqual(Array.from({ length: 50 }, (_, n) => `/${n}`))
    expect(skipped).toEqual({ "connection ended early for want of room": 40 })
  })

  it("are not pushed out by a flood of SYNs", async () => {
    const talking = conversation([request("/before"), ok("1"), request("/after"), ok("2")])
    const flood = Array.from({ length: 500 }, (_, index) => ({
      from: { address: `198.51.${index >> 8}.${index & 255}`, port: 1234 },
      to: server,
      seq: index,
      flags: tcpFlags.syn,
    }))
    const segments = [...talking.slice(0, 7), ...flood, ...talking.slice(7)]
    const { transactions } = await observe(pcap(frames(segments)), { maxFlows: 20 })
    expect(transactions.map(({ request: { target } }) => target)).toEqual(["/before", "/after"])
  })

  it("are bounded in what they hold: the oldest are ended with what they have", async () => {
    const half = Array.from({ length: 20 }, (_, index) =>
      conversation([`POST /${index} HTTP/1.1\r\nContent-Length: 200000\r\n\r\n${"x".repeat(100_000)}`], {
        client: { address: "203.0.113.9", port: 1000 + index },
        open: true,
      }),
    )
    const { transactions, skipped } = await observe(pcap(frames(half.flat())), { maxHeldBytes: 1_000_000 })
    expect(transactions).toHaveLength(20)
    expect(transactions[0]).toMatchObject({ request: { bodyTruncated: true, body: "x".repeat(100_000) } })
    expect(skipped["connection ended early for want of memory"]).toBeGreaterThan(5)
  })

  it("end when they were quiet for long, in the capture's own time", async () => {
    const first = frames(conversation([request("/quiet")], { open: true }))
    const later = frames(many(1, false).flat()).map((frame) => ({ ...frame, atMs: firstMs + 400_000 }))
    const order: string[] = []
    const { transactions } = await observe(pcap([...first, ...later]), { idleMs: 300_000, responseWaitMs: 1e9 })
    for (const { request: seen } of transactions) order.push(seen.target)
    expect(order).toEqual(["/quiet", "/0"])
  })

  it("give a request on when its response takes too long, once", async () => {
    const segments = conversation([request("/slow"), ok("late"), request("/next"), ok("soon")])
    const slow = frames(segments).map((frame, index) => ({ ...frame, atMs: firstMs + (index < 5 ? 0 : 5000) }))
    const { transactions } = await observe(pcap(slow), { responseWaitMs: 500 })
    expect(transactions.map(({ request: { target }, response }) => [target, response?.body ?? null])).toEqual([
      ["/slow", null],
      ["/next", "soon"],
    ])
  })
})
