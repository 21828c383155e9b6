import type { Held } from "../tcp-stream.ts"

const firstBytes = 2048
const none = Buffer.alloc(0)

/** The first bytes of a body, up to a limit; the rest is only counted. */
export class BodyBuffer {
  length = 0
  truncated = false
  #bytes: Buffer = none
  readonly #limit: number
  readonly #held: Held

  constructor(limit: number, held: Held) {
    this.#limit = limit
    this.#held = held
  }

  append(data: Buffer, start: number, end: number): void {
    if (this.truncated) return
    const fits = Math.min(end - start, this.#limit - this.length)
    if (fits < end - start) this.truncated = true
    if (this.length + fits > this.#bytes.length && !this.#grow(this.length + fits)) {
      this.truncated = true
      return
    }
    data.copy(this.#bytes, this.length, start, start + fits)
    this.length += fits
  }

  #grow(to: number): boolean {
    const capacity = Math.min(this.#limit, Math.max(firstBytes, this.#bytes.length * 2, to))
    const more = capacity - this.#bytes.length
    if (more > this.#held.room()) return false
    const grown = Buffer.allocUnsafeSlow(capacity)
    this.#bytes.copy(grown, 0, 0, this.length)
    this.#bytes = grown
    this.#held.hold(more)
    return true
  }

  /** The bytes; they are the caller's, and count no more. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.length)
    this.#held.hold(-this.#bytes.length)
    this.#bytes = none
    this.length = 0
    this.truncated = true
    return bytes
  }
}
