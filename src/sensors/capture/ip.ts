import type { Millis } from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"
import { createFragments, type Fragments } from "./fragments.ts"
import { ethernetPayload } from "./link-layer.ts"

/** A TCP segment as IP carried it; one object, filled anew for each. */
export interface Datagram {
  family: 4 | 6
  /** The bytes that `source` and `destination` point into: the packet's. */
  addresses: Buffer
  source: number
  destination: number
  /** The payload stands in `data` from `start` to `end`. */
  data: Buffer
  start: number
  end: number
  /** How many bytes of payload were on the wire but not captured. */
  missing: number
}

const protocols = {
  hopByHop: 0,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  ah: 51,
} as const
const destinationOptions = 60
const tunnels: ReadonlySet<number> = new Set([protocols.ipv4, protocols.udp, protocols.ipv6, protocols.gre])
const greTypes = { ethernet: 0x6558, erspan: 0x88be } as const
const vxlanPort = 4789
const skippedHeaders: ReadonlySet<number> = new Set([
  protocols.hopByHop,
  protocols.routing,
  destinationOptions,
  135,
  139,
  140,
])
// RFC 8200 §4.1 knows six kinds, each at most once but one.
const mostExtensionHeaders = 16
// A tunnel in a tunnel is seen; deeper is somebody testing us.
const mostTunnels = 4

interface Layer {
  readonly data: Buffer
  readonly at: number
  readonly end: number
  readonly depth: number
}

/** Takes IP headers off, puts fragments together, and says whether a TCP segment is in `datagram` now. */
export class IpDecoder {
  readonly datagram: Datagram
  readonly fragments: Fragments
  readonly #skipped: Skipped
  #now: Millis = 0

  constructor(skipped: Skipped) {
    const none = Buffer.alloc(0)
    this.datagram = { family: 4, addresses: none, source: 0, destination: 0, data: none, start: 0, end: 0, missing: 0 }
    this.fragments = createFragments(skipped)
    this.#skipped = skipped
  }

  decode(data: Buffer, bounds: { readonly at: number; readonly end: number }, now: Millis): boolean {
    this.#now = now
    return this.#ip({ data, at: bounds.at, end: bounds.end, depth: 0 })
  }

  #ip(layer: Layer): boolean {
    const { data, at, end } = layer
    if (at >= end) return this.#skip("truncated IP header")
    const version = (data[at] ?? 0) >> 4
    if (version === 4) return this.#ipv4(layer)
    return version === 6 ? this.#ipv6(layer) : this.#skip("IP version unknown")
  }

  #ipv4(layer: Layer): boolean {
    const { data, at, end } = layer
    if (end - at < 20) return this.#skip("truncated IP header")
    const headerBytes = ((data[at] ?? 0) & 0x0f) * 4
    // Segmentation offload leaves the length at 0: then the frame's own holds.
    const totalBytes = data.readUInt16BE(at + 2) || end - at
    if (headerBytes < 20 || totalBytes < headerBytes) return this.#skip("bad IPv4 header")
    if (at + headerBytes > end) return this.#skip("truncated IP header")
    const { datagram } = this
    datagram.family = 4
    datagram.addresses = data
    datagram.source = at + 12
    datagram.destination = at + 16
    datagram.missing = Math.max(0, at + totalBytes - end)
    const payload = { data, at: at + headerBytes, end: Math.min(end, at + totalBytes), depth: layer.depth }
    const protocol = data[at + 9] ?? 0
    const fragment = data.readUInt16BE(at + 6)
    if ((fragment & 0x3fff) === 0) return this.#payload(payload, protocol)
    const key = `4${data.toString("latin1", at + 12, at + 20)}${protocol}.${data.readUInt16BE(at + 4)}`
    const offset = (fragment & 0x1fff) * 8
    return this.#fragment(payload, { key, offset, more: (fragment & 0x2000) !== 0, protocol })
  }

  #ipv6(layer: Layer): boolean {
    const { data, at, end } = layer
    if (end - at < 40) return this.#skip("truncated IP header")
    const { datagram } = this
    datagram.family = 6
    datagram.addresses = data
    datagram.source = at + 8
    datagram.destination = at + 24
    // 0 is a jumbogram or segmentation offload: the frame's own length holds.
    const payloadBytes = data.readUInt16BE(at + 4) || end - at - 40
    datagram.missing = Math.max(0, at + 40 + payloadBytes - end)
    const stop = Math.min(end, at + 40 + payloadBytes)
    return this.#extensions({ data, at: at + 40, end: stop, depth: layer.depth }, data[at + 6] ?? 0)
  }

  /** `datagram` holds the addresses already, so a fragment header here knows whose it is. */
  #extensions(layer: Layer, first: number): boolean {
    const { data, end } = layer
    let { at } = layer
    let next = first
    for (let headers = 0; headers < mostExtensionHeaders; headers++) {
      if (next === protocols.fragment) return this.#ipv6Fragment({ ...layer, at })
      const isAh = next === protocols.ah
      if (!isAh && !skippedHeaders.has(next)) return this.#payload({ ...layer, at }, next)
      if (at + 8 > end) return this.#skip("truncated IPv6 extension header")
      next = data[at] ?? 0
      // RFC 4302 §2.2 counts in 4 bytes less 2, RFC 8200 in 8 bytes less 1.
      at += isAh ? ((data[at + 1] ?? 0) + 2) * 4 : ((data[at + 1] ?? 0) + 1) * 8
      if (at > end) return this.#skip("truncated IPv6 extension header")
    }
    return this.#skip("too many IPv6 extension headers")
  }

  #ipv6Fragment(layer: Layer): boolean {
    const { data, at, end } = layer
    if (at + 8 > end) return this.#skip("truncated IPv6 extension header")
    const next = data[at] ?? 0
    const field = data.readUInt16BE(at + 2)
    const rest = { ...layer, at: at + 8 }
    // RFC 6946: an atomic fragment is a whole datagram.
    if ((field & 0xfff9) === 0) return this.#extensions(rest, next)
    const { addresses, source } = this.datagram
    const key = `6${addresses.toString("latin1", source, source + 32)}${data.readUInt32BE(at + 4)}`
    return this.#fragment(rest, { key, offset: field & 0xfff8, more: (field & 1) !== 0, protocol: next })
  }

  #fragment(layer: Layer, of: { key: string; offset: number; more: boolean; protocol: number }): boolean {
    if (this.datagram.missing > 0) return this.#skip("truncated fragment")
    const { data, at, end, depth } = layer
    const whole = this.fragments.add({ ...of, data, start: at, end, now: this.#now })
    if (whole === undefined) return false
    const rest = { data: whole, at: 0, end: whole.length, depth: depth + 1 }
    return this.datagram.family === 4 ? this.#payload(rest, of.protocol) : this.#extensions(rest, of.protocol)
  }

  #payload(layer: Layer, protocol: number): boolean {
    const { data, at, end, depth } = layer
    if (protocol === protocols.tcp) {
      this.datagram.data = data
      this.datagram.start = at
      this.datagram.end = end
      return true
    }
    if (!tunnels.has(protocol)) return false
    if (depth >= mostTunnels) return this.#skip("too many tunnels in each other")
    if (protocol === protocols.gre) return this.#gre(layer)
    return protocol === protocols.udp ? this.#vxlan(layer) : this.#ip({ ...layer, depth: depth + 1 })
  }

  /** RFC 2784 and 2890: checksum, key and sequence number are there when their bit is set. */
  #gre({ data, at, end, depth }: Layer): boolean {
    if (at + 4 > end) return this.#skip("truncated GRE header")
    const flags = data[at] ?? 0
    const type = data.readUInt16BE(at + 2)
    const version = (data[at + 1] ?? 0) & 7
    if (version !== 0) return false
    const sequenced = (flags & 0x10) !== 0
    const optional = (flags & 0x80 ? 4 : 0) + (flags & 0x20 ? 4 : 0) + (sequenced ? 4 : 0)
    const inner = { data, at: at + 4 + optional, end, depth: depth + 1 }
    if (type === 0x0800 || type === 0x86dd) return this.#ip(inner)
    if (type === greTypes.ethernet) return this.#ethernet(inner)
    // draft-foschiano-erspan-03: type II has a header of its own and is sequenced, type I neither.
    return type === greTypes.erspan && this.#ethernet({ ...inner, at: inner.at + (sequenced ? 8 : 0) })
  }

  /** RFC 7348: Ethernet in UDP. */
  #vxlan({ data, at, end, depth }: Layer): boolean {
    if (at + 16 > end || data.readUInt16BE(at + 2) !== vxlanPort) return false
    return ((data[at + 8] ?? 0) & 0x08) !== 0 && this.#ethernet({ data, at: at + 16, end, depth: depth + 1 })
  }

  #ethernet(layer: Layer): boolean {
    const at = ethernetPayload(layer.data, layer.at, layer.end)
    if (typeof at === "string") return this.#skip(at)
    return at !== null && this.#ip({ ...layer, at })
  }

  #skip(reason: string): false {
    this.#skipped.add(reason)
    return false
  }
}
