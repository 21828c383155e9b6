import type { BytePool } from "../byte-pool.ts"
import type { Held } from "../tcp-stream.ts"

/** Where the bytes of bodies are kept, and how many of each. */
export interface BodyStore extends Held {
  readonly pool: BytePool
  readonly bodyLimit: number
}

const none = Buffer.alloc(0)
const growth = 4

/** The first bytes of a body, up to a limit; the rest is let go. Keeps count of what is held for its message. */
export class BodyBuffer {
  truncated = false
  #length = 0
  #charged = 0
  #released = false
  #bytes: Buffer = none
  readonly #store: BodyStore

  constructor(store: BodyStore) {
    this.#store = store
  }

  append(data: Buffer, start: number, end: number): void {
    if (this.truncated) return
    const fits = Math.min(end - start, this.#store.bodyLimit - this.#length)
    if (fits < end - start) this.truncated = true
    if (this.#length + fits > this.#bytes.length && !this.#grow(this.#length + fits)) {
      this.truncated = true
      return
    }
    data.copy(this.#bytes, this.#length, start, start + fits)
    this.#length += fits
  }

  #grow(to: number): boolean {
    const wanted = Math.max(to, Math.min(this.#store.bodyLimit, this.#bytes.length * growth))
    if (wanted - this.#bytes.length > this.#store.room()) return false
    const grown = this.#store.pool.lend(wanted)
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#store.hold(grown.length - this.#bytes.length)
    if (this.#bytes !== none) this.#store.pool.giveBack(this.#bytes)
    this.#bytes = grown
    return true
  }

  /** Counts what else is held for this message: its head. */
  charge(bytes: number): void {
    if (this.#released) return
    this.#charged += bytes
    this.#store.hold(bytes)
  }

  /** The bytes, until `release`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Keeps nothing from now on. */
  release(): void {
    this.#released = true
    this.truncated = true
    this.#length = 0
    this.#store.hold(-this.#charged)
    this.#charged = 0
    if (this.#bytes === none) return
    this.#store.hold(-this.#bytes.length)
    this.#store.pool.giveBack(this.#bytes)
    this.#bytes = none
  }
}
