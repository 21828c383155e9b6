import { describe, expect, it } from "vitest"
import { observe } from "./testing/observe.ts"
import { conversation, ethernet, firstMs, ip, pcap } from "./testing/packets.ts"

const hello = conversation(["GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"])
const six = conversation(["GET /six HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"], {
  client: { address: "20010db8000000000000000000000009", port: 40_000 },
  server: { address: "fd000000000000000000000000000005", port: 80 },
})
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex")
const behind = (header: string) => (packet: Buffer) => Buffer.concat([hex(header), packet])
const macs = "020000000001 020000000002"

describe("the link layer", () => {
  const layers: readonly (readonly [string, number, (packet: Buffer) => Buffer])[] = [
    ["Ethernet", 1, (packet) => ethernet(packet)],
    ["Ethernet with a VLAN tag", 1, (packet) => ethernet(packet, [0x8100])],
    ["QinQ", 1, (packet) => ethernet(packet, [0x88a8, 0x8100])],
    ["four stacked tags", 1, (packet) => ethernet(packet, [0x9100, 0x9200, 0x88a8, 0x8100])],
    ["MPLS", 1, behind(`${macs} 8847 00010040 00020140`)],
    ["PPPoE", 1, behind(`${macs} 8864 11000001 0100 0021`)],
    ["802.3 with LLC and SNAP", 1, behind(`${macs} 0100 aaaa03 000000 0800`)],
    ["Linux cooked", 113, behind("0000 0001 0006 020000000001 0000 0800")],
    ["Linux cooked with a VLAN tag", 113, behind("0000 0001 0006 020000000001 0000 8100 0005 0800")],
    ["Linux cooked v2", 276, behind("0800 0000 00000002 0001 00 06 0200000000010000")],
    ["raw IP", 101, (packet) => packet],
    ["raw IP by BSD's number", 12, (packet) => packet],
    ["raw IP by OpenBSD's number", 14, (packet) => packet],
    ["IPv4", 228, (packet) => packet],
    ["null in little endian", 0, behind("02000000")],
    ["null in big endian", 0, behind("00000002")],
    ["loopback", 108, behind("00000002")],
    ["Cisco HDLC", 104, behind("0f00 0800")],
    ["PPP", 9, behind("0021")],
    ["PPP in HDLC framing", 50, behind("ff03 0021")],
    ["GRE", 101, behind("4500 0000 0000 0000 402f 0000 0a000001 0a000002 0000 0800")],
    ["Ethernet in GRE", 101, behind(`4500 0000 0000 0000 402f 0000 0a000001 0a000002 0000 6558 ${macs} 0800`)],
    [
      "ERSPAN",
      101,
      behind(`4500 0000 0000 0000 402f 0000 0a000001 0a000002 1000 88be 00000001 1000000000000000 ${macs} 0800`),
    ],
    [
      "VXLAN",
      101,
      behind(`4500 0000 0000 0000 4011 0000 0a000001 0a000002 8000 12b5 0000 0000 0800000000000100 ${macs} 0800`),
    ],
    ["IP in IP", 101, behind("4500 0000 0000 0000 4004 0000 0a000001 0a000002")],
  ]
  it("is taken off, whichever it is", async () => {
    expect(layers).toHaveLength(25)
    for (const [name, linkType, wrap] of layers) {
      const bytes = pcap(
        hello.map((segment) => ({ data: wrap(ip(segment)) })),
        { linkType },
      )
      const { transactions, skipped } = await observe(bytes)
      expect(
        transactions.map(({ request }) => request.target),
        name,
      ).toEqual(["/hello"])
      expect(transactions[0], name).toMatchObject({
        at: firstMs + 3,
        source: { address: "203.0.113.9", port: 40_000 },
        destination: { address: "10.0.0.5", port: 80 },
        response: { status: 204 },
        origin: { file: "test.pcap", frame: 4, line: null },
      })
      expect(skipped, name).toEqual({})
    }
  })

  const sixes: readonly (readonly [string, number, (packet: Buffer) => Buffer])[] = [
    ["Ethernet", 1, (packet) => ethernet(packet)],
    ["Linux cooked", 113, behind("0000 0001 0006 020000000001 0000 86dd")],
    ["raw IP", 101, (packet) => packet],
    ["IPv6", 229, (packet) => packet],
    ["null", 0, behind("1e000000")],
    ["6in4", 101, behind("4500 0000 0000 0000 4029 0000 0a000001 0a000002")],
  ]
  it("carries IPv6 too", async () => {
    expect(sixes).toHaveLength(6)
    for (const [name, linkType, wrap] of sixes) {
      const bytes = pcap(
        six.map((segment) => ({ data: wrap(ip(segment)) })),
        { linkType },
      )
      const { transactions } = await observe(bytes)
      expect(transactions, name).toMatchObject([
        {
          source: { address: "2001:db8::9", port: 40_000 },
          destination: { address: "fd00::5", port: 80 },
          direction: "inbound",
          request: { target: "/six" },
        },
      ])
    }
  })

  it("is counted by its number when it is not supported", async () => {
    const { skipped } = await observe(pcap([{ data: Buffer.alloc(60) }], { linkType: 147 }))
    expect(skipped).toEqual({ "link layer 147 not supported": 1 })
  })

  const broken: readonly (readonly [string, number, Buffer, Readonly<Record<string, number>>])[] = [
    ["an empty frame", 1, Buffer.alloc(0), { "truncated link header": 1 }],
    ["half an Ethernet header", 1, Buffer.alloc(10), { "truncated link header": 1 }],
    ["a tag without what it tags", 1, hex(`${macs} 8100 00`), { "truncated link header": 1 }],
    ["too many tags", 1, hex(macs + "81000001".repeat(12)), { "too many VLAN tags": 1 }],
    ["too many labels", 1, hex(`${macs}8847${"00010040".repeat(12)}`), { "too many MPLS labels": 1 }],
    ["a labelled packet cut off", 1, hex(`${macs} 8847 0001`), { "truncated link header": 1 }],
    ["PPPoE cut off", 1, hex(`${macs} 8864 1100`), { "truncated link header": 1 }],
    ["a short cooked frame", 113, Buffer.alloc(15), { "truncated link header": 1 }],
    ["a short cooked v2 frame", 276, Buffer.alloc(19), { "truncated link header": 1 }],
    ["an empty raw frame", 101, Buffer.alloc(0), { "truncated link header": 1 }],
    ["ARP", 1, hex(`${macs} 0806 0001`), {}],
    ["spanning tree", 1, hex(`${macs} 0026 424203 0000000000`), {}],
  ]
  it("is skipped when it is broken, and passed over when it carries no IP", async () => {
    expect(broken).toHaveLength(12)
    for (const [name, linkType, data, skipped] of broken)
      expect((await observe(pcap([{ data }], { linkType }))).skipped, name).toEqual(skipped)
  })
})
