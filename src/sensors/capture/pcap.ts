import { ThwartError } from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"
import { emptyPacket, mostPacketBytes, type PacketReader, u32, Window } from "./packet.ts"

// draft-ietf-opsawg-pcap: the magic tells the byte order and the unit of the fraction; the third is Kuznetzov's longer record header.
const magics: ReadonlyMap<number, { readonly perMs: number; readonly recordHeader: number }> = new Map([
  [0xa1b2c3d4, { perMs: 1e3, recordHeader: 16 }],
  [0xa1b23c4d, { perMs: 1e6, recordHeader: 16 }],
  [0xa1b2cd34, { perMs: 1e3, recordHeader: 24 }],
])
const fileHeaderBytes = 24

export function isPcap(magicBigEndian: number, magicLittleEndian: number): boolean {
  return magics.has(magicBigEndian) || magics.has(magicLittleEndian)
}

/** Reads classic pcap. `name` is how messages call the input. */
export function createPcapReader(name: string, skipped: Skipped): PacketReader {
  const packet = emptyPacket()
  const window = new Window()
  let little = false
  let perMs = 0
  let recordHeader = 0
  let ended = false

  const readFileHeader = () => {
    little = !magics.has(window.data.readUInt32BE(window.pos))
    const kind = magics.get(u32(window.data, window.pos, little))
    if (kind === undefined) throw new ThwartError("THWART_FORMAT_UNKNOWN", `"${name}" is not a pcap file`)
    perMs = kind.perMs
    recordHeader = kind.recordHeader
    // The upper bits tell of a frame check sequence, which the network layer's own length cuts off anyway.
    packet.linkType = u32(window.data, window.pos + 20, little) & 0xffff
    window.pos += fileHeaderBytes
  }

  const stop = (reason: string) => {
    if (packet.frame === 0)
      throw new ThwartError(
        "THWART_FILE_UNREADABLE",
        `"${name}" holds no readable packet: ${reason} at offset ${window.offset}`,
      )
    skipped.add(reason)
    ended = true
    return false
  }

  const read = () => {
    if (ended) return false
    if (recordHeader === 0) {
      if (window.available < fileHeaderBytes) return false
      readFileHeader()
    }
    if (window.available < recordHeader) return false
    const { data, pos } = window
    const captured = u32(data, pos + 8, little)
    if (captured > mostPacketBytes) return stop("record length implausible")
    if (window.available < recordHeader + captured) return false
    packet.data = data
    packet.at = u32(data, pos, little) * 1000 + Math.floor(u32(data, pos + 4, little) / perMs)
    packet.originalLength = u32(data, pos + 12, little)
    packet.start = pos + recordHeader
    packet.end = packet.start + captured
    packet.frame++
    window.pos = packet.end
    return true
  }

  return {
    packet,
    push: (chunk) => window.push(chunk),
    next: () => read() || window.keep(),
    finish: () => {
      if (!ended && recordHeader === 0)
        throw new ThwartError(
          "THWART_FILE_UNREADABLE",
          `"${name}" ends at offset ${window.offset + window.available}, inside the pcap header`,
        )
      if (!ended && window.available > 0) stop("capture cut off inside a record")
    },
    get ended() {
      return ended
    },
  }
}
