import type { ByteSource, OpenBytes } from "../../input/index.ts"
import { conversation, frames, type Host, pcap, server } from "./packets.ts"

/** One kind of connection: what the two sides say in turns, and how often it occurs in a round. */
export interface TrafficKind {
  readonly turns: readonly (Buffer | string)[]
  readonly perRound: number
  /** Neither side ends the connection. */
  readonly open?: boolean
  /** How many bytes a segment has at most. */
  readonly segmentBytes?: number
  /** The first segment of data is missing. */
  readonly hole?: boolean
}

const fileHeaderBytes = 24
const recordHeaderBytes = 16
// In an Ethernet frame without tags.
const sourceAddress = 14 + 12

/** A capture of any length that stands nowhere: the same connections over and over, each round from other addresses and a second later. */
export function endlessTraffic(kinds: readonly TrafficKind[], totalBytes: number): OpenBytes {
  const { bytes, patches } = oneRound(kinds)
  return async () => {
    let read = 0
    const source: ByteSource = {
      bytesTotal: totalBytes,
      bytesRead: () => read,
      problem: () => null,
      close: async () => undefined,
      chunks: async function* () {
        yield bytes.subarray(0, fileHeaderBytes)
        const round = bytes.subarray(fileHeaderBytes)
        for (let number = 0; read < totalBytes; number++) {
          for (const patch of patches) patch(number)
          for (let at = 0; at < round.length; at += chunkBytes) {
            yield round.subarray(at, at + chunkBytes)
            // What else the process does, garbage collection of buffers among it, gets a turn, as with a file.
            await new Promise((resolve) => setImmediate(resolve))
          }
          read += round.length
        }
      },
    }
    return source
  }
}

const chunkBytes = 512 * 1024

function oneRound(kinds: readonly TrafficKind[]) {
  const all = kinds.flatMap(({ turns, perRound, hole = false, ...rest }, kind) =>
    Array.from({ length: perRound }, (_, index) => {
      const client: Host = { address: "203.0.113.9", port: 10_000 + kind * 5000 + index }
      const segments = conversation(turns, { client, ...rest })
      return hole ? segments.filter((_, place) => place !== 3) : segments
    }),
  )
  const segments = all.flat()
  const bytes = pcap(frames(segments))
  const patches: ((round: number) => void)[] = []
  let at = fileHeaderBytes
  for (const segment of segments) {
    const record = at
    const length = bytes.readUInt32LE(record + 8)
    // Of the client's address, the two bytes that tell rounds apart.
    const place = record + recordHeaderBytes + sourceAddress + (segment.from.address === server.address ? 4 : 0) + 1
    const second = bytes.readUInt32LE(record)
    patches.push((round) => {
      bytes.writeUInt16BE(round & 0xffff, place)
      bytes.writeUInt32LE(second + round, record)
    })
    at += recordHeaderBytes + length
  }
  return { bytes, patches }
}
