import { describe, expect, it } from "vitest"
import { observe } from "./testing/observe.ts"
import {
  conversation,
  ethernet,
  type Frame,
  firstMs,
  frames,
  ip,
  ipv4,
  ipv6,
  pcap,
  type TcpSegment,
  tcp,
} from "./testing/packets.ts"

const request = `GET /fragmented?q=${"x".repeat(300)} HTTP/1.1\r\nHost: a\r\n\r\n`
const turns = [request, "HTTP/1.1 204 No Content\r\n\r\n"]
const segments = conversation(turns)
const [, , , data] = segments
const six = {
  client: { address: "20010db8000000000000000000000009", port: 40_000 },
  server: { address: "fd000000000000000000000000000005", port: 80 },
}

interface Piece {
  readonly from: number
  readonly to: number
  readonly more: boolean
  readonly fill?: string
}

/** The conversation with its request in fragments. */
function fragmented(pieces: readonly Piece[]): Frame[] {
  if (data === undefined) throw new Error("no data segment")
  const whole = tcp(data)
  const fragments = pieces.map(({ from, to, more, fill }) => {
    const payload = fill === undefined ? whole.subarray(from, to) : Buffer.alloc(to - from, fill)
    return { data: ethernet(ipv4(data.from.address, data.to.address, payload, { id: 7, fragmentOffset: from, more })) }
  })
  return [...frames(segments.slice(0, 3)), ...fragments, ...frames(segments.slice(4))]
}

const end = data === undefined ? 0 : tcp(data).length
const first = { from: 0, to: 80, more: true }
const second = { from: 80, to: 160, more: true }
const last = { from: 160, to: end, more: false }

describe("IPv4", () => {
  const orders: readonly (readonly [string, readonly Piece[]])[] = [
    ["in order", [first, second, last]],
    ["in reverse", [last, second, first]],
    ["the middle last", [first, last, second]],
    ["each twice", [first, first, last, last, second, second]],
    ["with an overlap that tells the same", [first, { from: 40, to: 120, more: true }, second, last]],
    ["the bytes that came first win", [first, second, { from: 40, to: 120, more: true, fill: "Z" }, last]],
    ["one within another", [{ from: 0, to: 160, more: true }, { from: 40, to: 80, more: true, fill: "Z" }, last]],
  ]
  it("is put together from fragments, whatever their order", async () => {
    expect(orders).toHaveLength(7)
    for (const [name, pieces] of orders) {
      const { transactions } = await observe(pcap(fragmented(pieces)))
      expect(
        transactions.map(({ request: { target } }) => target),
        name,
      ).toEqual([request.split(" ")[1]])
    }
  })

  it("tells of the frame that completed a datagram", async () => {
    const { transactions } = await observe(pcap(fragmented([first, second, last])))
    expect(transactions[0]?.origin?.frame).toBe(6)
  })

  it("gives up fragments whose rest does not come", async () => {
    const late = frames(segments).map((frame) => ({ ...frame, atMs: firstMs + 60_000 }))
    const other = conversation(turns, { client: { address: "203.0.113.77", port: 1 } })
    const lone = {
      data: ethernet(
        ipv4("203.0.113.77", "10.0.0.5", tcp(other[3] as TcpSegment /* The request. */).subarray(0, 80), {
          id: 9,
          more: true,
        }),
      ),
    }
    const again = { ...lone, atMs: firstMs + 61_000 }
    const { transactions, skipped } = await observe(pcap([lone, ...late, again]))
    expect(transactions).toHaveLength(1)
    expect(skipped).toEqual({ "datagram never completed": 1 })
  })

  it("holds only so many fragments", async () => {
    const flood = Array.from({ length: 3000 }, (_, id) => ({
      data: ethernet(ipv4("203.0.113.77", "10.0.0.5", Buffer.alloc(1400), { id, more: true })),
    }))
    const { transactions, skipped } = await observe(pcap([...flood, ...fragmented([first, second, last])]))
    expect(transactions).toHaveLength(1)
    expect(skipped["too many fragments waiting"]).toBeGreaterThan(1900)
  })

  it("lets no datagram be made of very many pieces, nor reach beyond its size", async () => {
    const pieces = Array.from({ length: 300 }, (_, index) => ({
      from: index * 16,
      to: index * 16 + 8,
      more: true,
      fill: "Z",
    }))
    expect((await observe(pcap(fragmented(pieces)))).skipped["datagram in too many fragments"]).toBe(1)
    const beyond = ipv4("203.0.113.9", "10.0.0.5", Buffer.alloc(100), { fragmentOffset: 65_528 })
    expect((await observe(pcap([{ data: ethernet(beyond) }]))).skipped).toEqual({ "fragment out of bounds": 1 })
  })

  it("may carry options", async () => {
    const optioned = segments.map((segment) => ({
      data: ethernet(ipv4(segment.from.address, segment.to.address, tcp(segment), { options: Buffer.alloc(8, 1) })),
    }))
    expect((await observe(pcap(optioned))).transactions).toHaveLength(1)
  })

  it("ends where its length says, whatever padding the frame has", async () => {
    const padded = segments.map((segment) => ({ data: Buffer.concat([ethernet(ip(segment)), Buffer.alloc(30, "P")]) }))
    expect((await observe(pcap(padded))).transactions[0]?.request.target).toBe(request.split(" ")[1])
  })

  it("may leave its length out, as segmentation offload does", async () => {
    const offloaded = segments.map((segment) => {
      const packet = ip(segment)
      packet.writeUInt16BE(0, 2)
      return { data: ethernet(packet) }
    })
    expect((await observe(pcap(offloaded))).transactions).toHaveLength(1)
  })
})

/** One extension header of eight bytes. */
const extension = (next: number) => Buffer.from([next, 0, 1, 4, 0, 0, 0, 0])

describe("IPv6", () => {
  const talk = conversation(turns, six)
  const chains: readonly (readonly [string, number, (packet: Buffer) => Buffer])[] = [
    ["hop-by-hop options", 0, (rest) => Buffer.concat([extension(6), rest])],
    ["a routing header", 43, (rest) => Buffer.concat([extension(6), rest])],
    ["destination options", 60, (rest) => Buffer.concat([extension(6), rest])],
    ["an authentication header", 51, (rest) => Buffer.concat([Buffer.from([6, 1]), Buffer.alloc(10), rest])],
    ["all of them", 0, (rest) => Buffer.concat([extension(43), extension(60), extension(6), rest])],
    ["an atomic fragment", 44, (rest) => Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 1]), rest])],
  ]
  it("may carry extension headers", async () => {
    expect(chains).toHaveLength(6)
    for (const [name, next, wrap] of chains) {
      const bytes = pcap(
        talk.map((segment) => ({
          data: ethernet(ipv6(segment.from.address, segment.to.address, wrap(tcp(segment)), next)),
        })),
      )
      const { transactions, skipped } = await observe(bytes)
      expect(transactions, name).toHaveLength(1)
      expect(skipped, name).toEqual({})
    }
  })

  it("is put together from fragments", async () => {
    const pieces = talk.flatMap((segment) => {
      const whole = tcp(segment)
      const cut = Math.min(whole.length, 16)
      const parts = [whole.subarray(0, cut), whole.subarray(cut)].filter((part) => part.length > 0)
      return parts.map((part, index) => {
        const header = Buffer.alloc(8)
        header[0] = 6
        header.writeUInt16BE((index * 16) | (index === parts.length - 1 ? 0 : 1), 2)
        header.writeUInt32BE(segment.seq, 4)
        return { data: ethernet(ipv6(segment.from.address, segment.to.address, Buffer.concat([header, part]), 44)) }
      })
    })
    expect((await observe(pcap(pieces.reverse().reverse()))).transactions).toHaveLength(1)
  })

  it("gives up a chain of headers without an end", async () => {
    const chain = Buffer.concat(Array.from({ length: 40 }, () => extension(60)))
    const packet = ipv6(six.client.address, six.server.address, chain, 60)
    expect((await observe(pcap([{ data: ethernet(packet) }]))).skipped).toEqual({
      "too many IPv6 extension headers": 1,
    })
  })
})

describe("a broken packet", () => {
  const raw = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex")
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["IPv4 cut off in its header", raw("4500 0028"), "truncated IP header"],
    ["an IPv4 header shorter than 20 bytes", raw(`4100 0028${"00".repeat(36)}`), "bad IPv4 header"],
    ["a length shorter than the header", raw(`4500 0010${"00".repeat(36)}`), "bad IPv4 header"],
    ["options cut off", raw(`4f00 0050${"00".repeat(20)}`), "truncated IP header"],
    ["IPv6 cut off", raw(`6000 0000${"00".repeat(20)}`), "truncated IP header"],
    [
      "an extension header cut off",
      ipv6(six.client.address, six.server.address, raw("06"), 0),
      "truncated IPv6 extension header",
    ],
    [
      "a fragment header cut off",
      ipv6(six.client.address, six.server.address, raw("0600"), 44),
      "truncated IPv6 extension header",
    ],
    ["TCP cut off", ipv4("10.0.0.1", "10.0.0.2", Buffer.alloc(12)), "truncated TCP header"],
    ["a TCP header shorter than 20 bytes", ipv4("10.0.0.1", "10.0.0.2", Buffer.alloc(40)), "bad TCP header"],
    [
      "a TCP header longer than the packet",
      ipv4("10.0.0.1", "10.0.0.2", Buffer.alloc(24, 0xf0)),
      "truncated TCP header",
    ],
    ["GRE cut off", ipv4("10.0.0.1", "10.0.0.2", Buffer.alloc(2), { protocol: 47 }), "truncated GRE header"],
    ["IP in IP in IP in IP in IP in IP", tunnelled(6), "too many tunnels in each other"],
  ]
  it("is counted by what is wrong with it", async () => {
    expect(cases).toHaveLength(12)
    for (const [name, packet, reason] of cases)
      expect((await observe(pcap([{ data: packet }], { linkType: 101 }))).skipped, name).toEqual({ [reason]: 1 })
  })
})

function tunnelled(depth: number): Buffer {
  const inner = depth === 0 ? Buffer.alloc(20) : tunnelled(depth - 1)
  return ipv4("10.0.0.1", "10.0.0.2", inner, { protocol: 4 })
}
