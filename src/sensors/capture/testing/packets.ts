import { tcpFlags } from "../flow.ts"

/** Builds packets by hand, for tests and benchmarks. */

export interface Host {
  /** Dotted IPv4, or 32 hexadecimal digits of IPv6. */
  readonly address: string
  readonly port: number
}

export interface TcpSegment {
  readonly from: Host
  readonly to: Host
  readonly seq: number
  readonly ack?: number
  readonly flags?: number
  readonly urgent?: number
  readonly payload?: Buffer | string
}

export const client: Host = { address: "203.0.113.9", port: 40_000 }
export const server: Host = { address: "10.0.0.5", port: 80 }

function bytesOf(payload: Buffer | string): Buffer {
  return typeof payload === "string" ? Buffer.from(payload, "latin1") : payload
}

function addressBytes(address: string): Buffer {
  return address.includes(".") ? Buffer.from(address.split(".").map(Number)) : Buffer.from(address, "hex")
}

export function tcp({ from, to, seq, ack = 0, flags = tcpFlags.ack, urgent = 0, payload = "" }: TcpSegment): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(from.port, 0)
  header.writeUInt16BE(to.port, 2)
  header.writeUInt32BE(seq >>> 0, 4)
  header.writeUInt32BE(ack >>> 0, 8)
  header[12] = 0x50
  header[13] = flags
  header.writeUInt16BE(65_535, 14)
  header.writeUInt16BE(urgent, 18)
  return Buffer.concat([header, bytesOf(payload)])
}

export interface Ipv4Fields {
  readonly protocol?: number
  readonly id?: number
  /** In bytes. */
  readonly fragmentOffset?: number
  readonly more?: boolean
  readonly options?: Buffer
}

export function ipv4(from: string, to: string, payload: Buffer, fields: Ipv4Fields = {}): Buffer {
  const { protocol = 6, id = 1, fragmentOffset = 0, more = false, options = Buffer.alloc(0) } = fields
  const header = Buffer.alloc(20)
  header[0] = 0x40 | ((20 + options.length) / 4)
  header.writeUInt16BE(20 + options.length + payload.length, 2)
  header.writeUInt16BE(id, 4)
  header.writeUInt16BE((more ? 0x2000 : 0) | (fragmentOffset / 8), 6)
  header[8] = 64
  header[9] = protocol
  addressBytes(from).copy(header, 12)
  addressBytes(to).copy(header, 16)
  return Buffer.concat([header, options, payload])
}

/** `next` is the first header after IPv6's own. */
export function ipv6(from: string, to: string, payload: Buffer, next = 6): Buffer {
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header.writeUInt16BE(payload.length, 4)
  header[6] = next
  header[7] = 64
  addressBytes(from).copy(header, 8)
  addressBytes(to).copy(header, 24)
  return Buffer.concat([header, payload])
}

/** The IP packet that carries a segment, of the family of its addresses. */
export function ip(segment: TcpSegment): Buffer {
  const { from, to } = segment
  const make = from.address.includes(".") ? ipv4 : ipv6
  return make(from.address, to.address, tcp(segment))
}

export function ethernet(payload: Buffer, tags: readonly number[] = []): Buffer {
  const type = (payload[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800
  const header = Buffer.alloc(14 + tags.length * 4)
  tags.forEach((tag, index) => {
    header.writeUInt16BE(tag, 12 + index * 4)
    header.writeUInt16BE(index + 1, 14 + index * 4)
  })
  header.writeUInt16BE(type, 12 + tags.length * 4)
  return Buffer.concat([header, payload])
}

export interface Frame {
  readonly data: Buffer
  /** Since the Unix epoch. */
  readonly atMs?: number
  readonly originalLength?: number
}

export interface PcapOptions {
  readonly little?: boolean
  readonly nanoseconds?: boolean
  readonly linkType?: number
}

export const firstMs = 1_700_000_000_000

export function pcap(frames: readonly Frame[], { little = true, nanoseconds = false, linkType = 1 }: PcapOptions = {}) {
  const u32 = (values: readonly number[]) => {
    const bytes = Buffer.alloc(values.length * 4)
    values.forEach((value, index) => {
      if (little) bytes.writeUInt32LE(value >>> 0, index * 4)
      else bytes.writeUInt32BE(value >>> 0, index * 4)
    })
    return bytes
  }
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4
  const header = u32([magic, little ? 0x00040002 : 0x00020004, 0, 0, 262_144, linkType])
  const records = frames.flatMap(({ data, atMs = firstMs, originalLength = data.length }, index) => {
    const at = atMs + index
    const fraction = (at % 1000) * (nanoseconds ? 1e6 : 1e3)
    return [u32([Math.floor(at / 1000), fraction, data.length, originalLength]), data]
  })
  return Buffer.concat([header, ...records])
}

export function pcapngBlock(type: number, body: Buffer, little = true): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)])
  const length = u32Bytes([12 + padded.length], little)
  return Buffer.concat([u32Bytes([type], little), length, padded, length])
}

export function u32Bytes(values: readonly number[], little = true): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    if (little) bytes.writeUInt32LE(value >>> 0, index * 4)
    else bytes.writeUInt32BE(value >>> 0, index * 4)
  })
  return bytes
}

export interface ConversationOptions {
  readonly client?: Host
  readonly server?: Host
  readonly clientIsn?: number
  readonly serverIsn?: number
  readonly segmentBytes?: number
  /** Leave out the handshake. */
  readonly midstream?: boolean
  /** Leave out the end. */
  readonly open?: boolean
}

/** What the two sides say, in turns: the client first. */
export function conversation(turns: readonly (Buffer | string)[], options: ConversationOptions = {}): TcpSegment[] {
  const { clientIsn = 1000, serverIsn = 5_000_000, segmentBytes = 1460, midstream = false, open = false } = options
  const ends = [options.client ?? client, options.server ?? server] as const
  const next: [number, number] = [clientIsn + 1, serverIsn + 1]
  const segments: TcpSegment[] = []
  const send = (side: 0 | 1, flags: number, payload?: Buffer) => {
    const [from, to] = side === 0 ? ends : [ends[1], ends[0]]
    segments.push({ from, to, seq: next[side], ack: next[side === 0 ? 1 : 0], flags, ...(payload && { payload }) })
    next[side] += payload?.length ?? 0
  }
  if (!midstream) {
    const [from, to] = ends
    segments.push({ from, to, seq: clientIsn, flags: tcpFlags.syn })
    segments.push({ from: to, to: from, seq: serverIsn, ack: clientIsn + 1, flags: tcpFlags.syn | tcpFlags.ack })
    send(0, tcpFlags.ack)
  }
  turns.forEach((turn, index) => {
    const side = index % 2 === 0 ? 0 : 1
    const bytes = bytesOf(turn)
    for (let at = 0; at < bytes.length; at += segmentBytes)
      send(side, tcpFlags.ack, bytes.subarray(at, at + segmentBytes))
    send(side === 0 ? 1 : 0, tcpFlags.ack)
  })
  if (open) return segments
  send(0, tcpFlags.ack | tcpFlags.fin)
  next[0]++
  send(1, tcpFlags.ack | tcpFlags.fin)
  next[1]++
  send(0, tcpFlags.ack)
  return segments
}

export function frames(segments: readonly TcpSegment[]): Frame[] {
  return segments.map((segment) => ({ data: ethernet(ip(segment)) }))
}
