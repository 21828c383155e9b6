import { ThwartError } from "../../core/index.ts"
import type { Skipped } from "../input/index.ts"
import { emptyPacket, type PacketReader } from "./packet.ts"
import { createPcapReader, isPcap } from "./pcap.ts"
import { createPcapngReader, sectionHeader } from "./pcapng.ts"

/** Reads pcap or pcapng, whichever the first four bytes say; throws THWART_FORMAT_UNKNOWN for anything else. */
export function createCaptureReader(name: string, skipped: Skipped): PacketReader {
  const none = emptyPacket()
  let reader: PacketReader | undefined
  let first = Buffer.alloc(0)
  return {
    get packet() {
      return reader?.packet ?? none
    },
    push: (chunk) => {
      if (reader !== undefined) return reader.push(chunk)
      first = Buffer.concat([first, chunk])
      if (first.length < 4) return
      reader = readerFor(name, first, skipped)
      reader.push(first)
    },
    next: () => reader?.next() ?? false,
    finish: () => {
      if (reader === undefined)
        throw new ThwartError(
          "THWART_FORMAT_UNKNOWN",
          `"${name}" is ${first.length} bytes long, too short for a capture`,
        )
      reader.finish()
    },
    get ended() {
      return reader?.ended ?? false
    },
  }
}

function readerFor(name: string, first: Buffer, skipped: Skipped): PacketReader {
  const magic = first.readUInt32BE(0)
  if (magic === sectionHeader) return createPcapngReader(name, skipped)
  if (isPcap(magic, first.readUInt32LE(0))) return createPcapReader(name, skipped)
  throw new ThwartError(
    "THWART_FORMAT_UNKNOWN",
    `"${name}" is neither pcap nor pcapng: it starts with ${first.subarray(0, 4).toString("hex")} at offset 0`,
  )
}
