import type { Millis } from "../../core/index.ts"

/** One captured frame. There is one such object for a whole capture, filled anew for each frame. */
export interface Packet {
  /** Good until the next packet is asked for. */
  data: Buffer
  start: number
  end: number
  /** How long the frame was on the wire; more than `end - start` when it was cut at capture. */
  originalLength: number
  /** One of the LINKTYPE_ numbers of tcpdump.org. */
  linkType: number
  at: Millis
  /** From 1. */
  frame: number
}

/** Takes the bytes of a capture in pieces of any size and gives its packets. */
export interface PacketReader {
  readonly packet: Packet
  push(chunk: Buffer): void
  /** Fills `packet` with the next one; false when more bytes are needed, or `ended` is set. */
  next(): boolean
  /** To be called after the last bytes. */
  finish(): void
  /** True when the rest can't be read. */
  readonly ended: boolean
}

export function emptyPacket(): Packet {
  return { data: Buffer.alloc(0), start: 0, end: 0, originalLength: 0, linkType: 0, at: 0, frame: 0 }
}

// tcpdump never captures more than 262,144 bytes of a packet; a longer record is a broken or forged length.
export const mostPacketBytes = 1024 * 1024

/**
 * The bytes that were pushed and not yet used. A pushed chunk's memory is used again for the next one, so what is left of it
 * must be kept (`keep`) before that is asked for.
 */
export class Window {
  data: Buffer = Buffer.alloc(0)
  pos = 0
  end = 0
  /** Where `data` begins in the input. */
  #offset = 0
  #skip = 0
  #own: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): void {
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    const left = this.end - this.pos
    this.#offset += this.pos
    if (left === 0) {
      this.#offset += skipped
      this.data = skipped > 0 ? chunk.subarray(skipped) : chunk
      this.end = this.data.length
    } else {
      this.#moveIn(left + chunk.length)
      chunk.copy(this.#own, left)
      this.end = left + chunk.length
    }
    this.pos = 0
  }

  /** Copies what is left into memory of its own. Always false, for `next` to return. */
  keep(): false {
    const left = this.end - this.pos
    if (left === 0 || this.data === this.#own) return false
    this.#offset += this.pos
    this.#moveIn(left)
    this.pos = 0
    this.end = left
    return false
  }

  #moveIn(room: number): void {
    const target = this.#own.length < room ? Buffer.allocUnsafeSlow(room) : this.#own
    this.data.copy(target, 0, this.pos, this.end)
    this.#own = target
    this.data = target
  }

  get available(): number {
    return this.end - this.pos
  }

  /** Where `pos` stands in the input, from 0. */
  get offset(): number {
    return this.#offset + this.pos
  }

  /** Passes over bytes that may not be there yet. */
  skip(count: number): void {
    const now = Math.min(count, this.available)
    this.pos += now
    this.#skip += count - now
  }

  get skipping(): boolean {
    return this.#skip > 0
  }
}

export function u16(data: Buffer, at: number, little: boolean): number {
  return little ? data.readUInt16LE(at) : data.readUInt16BE(at)
}

export function u32(data: Buffer, at: number, little: boolean): number {
  return little ? data.readUInt32LE(at) : data.readUInt32BE(at)
}
