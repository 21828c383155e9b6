import type { Packet } from "./packet.ts"

/** https://www.tcpdump.org/linktypes.html */
export const linkTypes = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  rawBsd: 12,
  rawOpenBsd: 14,
  pppHdlc: 50,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd, mpls: 0x8847, mplsMulticast: 0x8848, pppoe: 0x8864 } as const
const vlanTypes: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200])
// 802.1ad stacks two; providers are seen to stack a few more.
const mostTags = 8

/** Where the IP header starts, or why there is none: a word for what could not be read, null for what is not IP and fine. */
export type LinkResult = number | string | null

export function ipOffset({ data, start, end, linkType }: Packet): LinkResult {
  switch (linkType) {
    case linkTypes.ethernet:
      return ethernetPayload(data, start, end)
    case linkTypes.linuxCooked:
      return end - start < 16 ? "truncated link header" : etherPayload(data, start + 14, end)
    case linkTypes.ciscoHdlc:
      return end - start < 4 ? "truncated link header" : etherPayload(data, start + 2, end)
    case linkTypes.ppp:
    case linkTypes.pppHdlc:
      return afterPpp(data, start, end)
    case linkTypes.linuxCooked2:
      return end - start < 20 ? "truncated link header" : cooked2(data, start, end)
    case linkTypes.raw:
    case linkTypes.rawBsd:
    case linkTypes.rawOpenBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return byVersion(data, start, end)
    case linkTypes.null:
    case linkTypes.loop:
      // The address family before it is in the capturing machine's byte order and numbering; the IP version says the same.
      return byVersion(data, start + 4, end)
    default:
      return `link layer ${linkType} not supported`
  }
}

/** As `ipOffset`, of an Ethernet frame wherever it stands. */
export function ethernetPayload(data: Buffer, start: number, end: number): LinkResult {
  return end - start < 14 ? "truncated link header" : etherPayload(data, start + 12, end)
}

function cooked2(data: Buffer, start: number, end: number): LinkResult {
  return networkPayload(data, { type: data.readUInt16BE(start), at: start + 20, end })
}

/** `at` is where the EtherType stands. */
function etherPayload(data: Buffer, at: number, end: number): LinkResult {
  const type = data.readUInt16BE(at)
  if (type === etherTypes.ipv4 || type === etherTypes.ipv6) return at + 2
  return networkPayload(data, { type, at: at + 2, end })
}

function networkPayload(data: Buffer, from: { type: number; at: number; end: number }): LinkResult {
  let { type, at } = from
  const { end } = from
  for (let tags = 0; vlanTypes.has(type); tags++) {
    if (tags === mostTags) return "too many VLAN tags"
    if (at + 4 > end) return "truncated link header"
    type = data.readUInt16BE(at + 2)
    at += 4
  }
  switch (type) {
    case etherTypes.ipv4:
    case etherTypes.ipv6:
      return at
    case etherTypes.mpls:
    case etherTypes.mplsMulticast:
      return afterLabels(data, at, end)
    case etherTypes.pppoe:
      return afterPppoe(data, at, end)
    default:
      return type < 0x600 ? afterLlc(data, at, end) : null
  }
}

function afterLabels(data: Buffer, start: number, end: number): LinkResult {
  for (let at = start, labels = 0; labels < mostTags; labels++, at += 4) {
    if (at + 4 > end) return "truncated link header"
    if (((data[at + 2] ?? 0) & 1) === 1) return byVersion(data, at + 4, end)
  }
  return "too many MPLS labels"
}

/** RFC 2516: six bytes of PPPoE, then the PPP protocol. */
function afterPppoe(data: Buffer, at: number, end: number): LinkResult {
  return at + 6 > end ? "truncated link header" : afterPpp(data, at + 6, end)
}

/** RFC 1661 and 1662: address and control before the protocol may be left out. */
function afterPpp(data: Buffer, start: number, end: number): LinkResult {
  const at = start + 2 <= end && data.readUInt16BE(start) === 0xff03 ? start + 2 : start
  if (at + 2 > end) return "truncated link header"
  const protocol = data.readUInt16BE(at)
  return protocol === 0x0021 || protocol === 0x0057 ? at + 2 : null
}

/** IEEE 802.2 with SNAP, which carries an EtherType after all. */
function afterLlc(data: Buffer, at: number, end: number): LinkResult {
  if (at + 8 > end || data.readUInt16BE(at) !== 0xaaaa) return null
  const type = data.readUInt16BE(at + 6)
  return type === etherTypes.ipv4 || type === etherTypes.ipv6 ? at + 8 : null
}

function byVersion(data: Buffer, at: number, end: number): LinkResult {
  if (at >= end) return "truncated link header"
  const version = (data[at] ?? 0) >> 4
  return version === 4 || version === 6 ? at : null
}
