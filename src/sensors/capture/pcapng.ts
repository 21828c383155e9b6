import { ThwartError } from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"
import { emptyPacket, mostPacketBytes, type PacketReader, u16, u32, Window } from "./packet.ts"

// draft-ietf-opsawg-pcapng §4: block types. The section header reads the same in both byte orders.
export const sectionHeader = 0x0a0d0d0a
const byteOrderMagic = 0x1a2b3c4d
const block = { interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const
const option = { end: 0, tsResolution: 9, tsOffset: 14 } as const

// A block that is no packet (name resolution, secrets) is passed over, not held; longer than this is a broken or forged length.
const mostBlockBytes = 1024 * 1024 * 1024
// dumpcap writes one for each interface it captures on; machines have hundreds at most.
const mostInterfaces = 4096

interface Interface {
  readonly linkType: number
  readonly snapLength: number
  readonly unitsPerMs: number
  readonly offsetMs: number
}

/** Reads pcapng with any number of sections and interfaces. */
export function createPcapngReader(name: string, skipped: Skipped): PacketReader {
  const packet = emptyPacket()
  const window = new Window()
  let little = false
  let interfaces: Interface[] = []
  let sections = 0
  let ended = false

  const stop = (reason: string) => {
    if (packet.frame === 0)
      throw new ThwartError(
        "THWART_FILE_UNREADABLE",
        `"${name}" holds no readable packet: ${reason} at offset ${window.offset}`,
      )
    skipped.add(reason)
    ended = true
    return undefined
  }

  /** The length of the block that starts here; undefined when more bytes are needed. */
  const blockLength = () => {
    if (window.skipping || window.available < 12) return undefined
    const { data, pos } = window
    if (data.readUInt32BE(pos) === sectionHeader) {
      if (u32(data, pos + 8, true) === byteOrderMagic) little = true
      else if (u32(data, pos + 8, false) === byteOrderMagic) little = false
      else return stop("section header without a byte order")
    } else if (sections === 0) return stop("no section header")
    const length = u32(data, pos + 4, little)
    // Lengths are padded to 4, but some writers forget to.
    return length < 12 || length > mostBlockBytes ? stop("block length implausible") : length
  }

  const take = (type: number, end: number) => {
    const { data, pos } = window
    switch (type) {
      case sectionHeader:
        sections++
        interfaces = []
        return false
      case block.interface:
        if (interfaces.length >= mostInterfaces) skipped.add("too many interfaces")
        else if (end - pos < 20) skipped.add("block too short")
        else interfaces.push(readInterface(data, pos, { end, little }))
        return false
      case block.enhancedPacket:
        return end - pos < 32 ? short() : timed(u32(data, pos + 8, little), end)
      case block.obsoletePacket:
        return end - pos < 32 ? short() : timed(u16(data, pos + 8, little), end)
      case block.simplePacket:
        return end - pos < 16 ? short() : simple(end)
      default:
        return false
    }
  }

  const short = () => {
    packet.frame++
    skipped.add("block too short")
    return false
  }

  const timed = (id: number, end: number) => {
    const { data, pos } = window
    packet.frame++
    const from = interfaces[id]
    if (from === undefined) return refuse("packet of an undescribed interface")
    const captured = u32(data, pos + 20, little)
    if (captured > end - pos - 32) return refuse("packet longer than its block")
    const units = u32(data, pos + 12, little) * 2 ** 32 + u32(data, pos + 16, little)
    packet.at = Math.max(0, Math.floor(units / from.unitsPerMs) + from.offsetMs)
    return fill(pos + 28, captured, { linkType: from.linkType, originalLength: u32(data, pos + 24, little) })
  }

  const simple = (end: number) => {
    const { data, pos } = window
    packet.frame++
    const from = interfaces[0]
    if (from === undefined) return refuse("packet of an undescribed interface")
    const originalLength = u32(data, pos + 8, little)
    const limit = from.snapLength === 0 ? originalLength : Math.min(originalLength, from.snapLength)
    return fill(pos + 12, Math.min(limit, end - pos - 16), { linkType: from.linkType, originalLength })
  }

  const refuse = (reason: string) => {
    skipped.add(reason)
    return false
  }

  const fill = (start: number, captured: number, rest: Pick<typeof packet, "linkType" | "originalLength">) => {
    if (captured > mostPacketBytes) return refuse("record length implausible")
    packet.data = window.data
    packet.start = start
    packet.end = start + captured
    packet.linkType = rest.linkType
    packet.originalLength = rest.originalLength
    return true
  }

  /** The next block: true when it was a packet, undefined when more bytes are needed. */
  const readBlock = () => {
    const length = blockLength()
    if (length === undefined) return undefined
    const type = u32(window.data, window.pos, little)
    const held = type === sectionHeader || type === block.interface || isPacketBlock(type)
    const tooLong = held && length > mostPacketBytes + 1024
    if (held && !tooLong && window.available < length) return undefined
    if (tooLong) skipped.add("block too long")
    if (tooLong && isPacketBlock(type)) packet.frame++
    const isPacket = held && !tooLong && take(type, window.pos + length)
    window.skip(length)
    return isPacket
  }

  return {
    packet,
    push: (chunk) => window.push(chunk),
    next: () => {
      while (!ended) {
        const isPacket = readBlock()
        if (isPacket === undefined) break
        if (isPacket) return true
      }
      return window.keep()
    },
    finish: () => {
      if (ended) return
      if (sections === 0) stop("capture cut off inside its first block")
      else if (window.available > 0 || window.skipping) skipped.add("capture cut off inside a record")
    },
    get ended() {
      return ended
    },
  }
}

function isPacketBlock(type: number): boolean {
  return type === block.enhancedPacket || type === block.simplePacket || type === block.obsoletePacket
}

function readInterface(data: Buffer, pos: number, { end, little }: { end: number; little: boolean }): Interface {
  let unitsPerMs = 1e3
  let offsetMs = 0
  for (let at = pos + 16; at + 4 <= end - 4; ) {
    const code = u16(data, at, little)
    const length = u16(data, at + 2, little)
    const value = at + 4
    if (code === option.end || value + length > end - 4) break
    if (code === option.tsResolution && length >= 1) unitsPerMs = resolution(data[value] ?? 6)
    if (code === option.tsOffset && length >= 8) {
      const [low, high] = little ? [value, value + 4] : [value + 4, value]
      offsetMs = ((u32(data, high, little) | 0) * 2 ** 32 + u32(data, low, little)) * 1000
    }
    at = value + ((length + 3) & ~3)
  }
  return {
    linkType: u16(data, pos + 8, little),
    snapLength: u32(data, pos + 12, little),
    unitsPerMs,
    offsetMs,
  }
}

/** §4.2: a power of 10, or with the top bit set of 2, of the part of a second that one unit is. */
function resolution(value: number): number {
  return ((value & 0x80) === 0 ? 10 ** value : 2 ** (value & 0x7f)) / 1000
}
