import type { Millis } from "../../core/index.ts"

/** Bytes of a stream and the frame that brought them; one object, filled anew for each segment. */
export interface Segment {
  data: Buffer
  start: number
  end: number
  frame: number
  at: Millis
}

/** Takes one direction of a connection in order. */
export interface Consumer {
  /** Returns where it stopped: before `end`, when it must wait for the other direction first. The bytes are good only during the call. */
  data(segment: Segment): number
  /** That many bytes were never captured. */
  gap(bytes: number): void
  /** Something is wrong with the stream around here. */
  flaw(what: string): void
  /** No more will come. */
  end(): void
}

/** What streams hold is counted in here, for one flow and, through it, for all. */
export interface Held {
  hold(bytes: number): void
  /** How much more this flow may hold. */
  room(): number
}

interface Pending {
  seq: number
  frame: number
  at: Millis
  bytes: Buffer
}

// A window is 64 KiB without scaling and rarely above a few MiB; what waits behind a hole counts against the flow's own limit too.
const mostPending = 2048
// What a piece costs besides its bytes.
const pieceBytes = 256
// RFC 7323 §2.3: the largest window, so nothing honest is further ahead.
const mostAhead = 2 ** 30

/**
 * Puts one direction of a TCP connection in order. Where segments overlap, the bytes that came first win. Sequence numbers are
 * 32-bit and wrap around (RFC 9293 §3.4), so differences are taken in 32 bits.
 */
export class TcpStream {
  started = false
  ended = false
  next = 0
  /** The first sequence number of data. */
  base = 0
  /** How far the other side has acknowledged; undefined before it did. */
  acked: number | undefined = undefined
  delivered = 0
  pendingBytes = 0
  /** Since when something waits behind a hole, or for the other direction. */
  waitingSince: Millis = 0
  /** Segments that were too far ahead, or for which there was no room. */
  refused = 0
  #finSeq: number | undefined = undefined
  #pending: Pending[] = []
  readonly #consumer: Consumer
  readonly #held: Held

  constructor(consumer: Consumer, held: Held) {
    this.#consumer = consumer
    this.#held = held
  }

  start(seq: number): void {
    this.started = true
    this.next = seq | 0
    this.base = seq | 0
  }

  get waiting(): boolean {
    return this.#pending.length > 0
  }

  /** What waits is in order: it is the consumer that does not take it yet. */
  get stalled(): boolean {
    const [first] = this.#pending
    return first !== undefined && ((first.seq - this.next) | 0) <= 0
  }

  /** The other side has what we wait for: it was not captured. */
  get holeAcked(): boolean {
    const [first] = this.#pending
    return first !== undefined && this.acked !== undefined && ((this.acked - first.seq) | 0) >= 0
  }

  add(seq: number, segment: Segment): void {
    if (this.ended) return
    if (!this.started) this.start(seq)
    const ahead = (seq - this.next) | 0
    const length = segment.end - segment.start
    if (ahead + length <= 0 || length === 0) return
    if (ahead > mostAhead) {
      this.refused++
      return
    }
    if (this.#pending.length > 0 || ahead > 0) {
      this.#keep(seq, segment)
      this.drain()
      return
    }
    segment.start -= ahead
    const stop = this.#deliver(segment)
    if (stop < segment.end) {
      segment.start = stop
      this.#keep(this.next, segment)
    }
    this.#checkEnd()
  }

  /** As `add`, with a byte that the receiver's socket does not give to a reader (RFC 6093 §3.2: as Linux and BSD count it). */
  addUrgent(seq: number, segment: Segment, pointer: number): void {
    const { start, end } = segment
    this.#consumer.flaw("TCP urgent data")
    segment.end = start + pointer - 1
    this.add(seq, segment)
    if (!this.waiting && this.next === ((seq + pointer - 1) | 0)) this.next = (this.next + 1) | 0
    segment.start = start + pointer
    segment.end = end
    this.add((seq + pointer) | 0, segment)
  }

  fin(seq: number): void {
    // Nothing is known of this direction: there is nothing to end, and it may be forged.
    if (!this.started) return
    this.#finSeq ??= seq | 0
    this.#checkEnd()
  }

  /** Gives on what is in order now. */
  drain(): void {
    const pending = this.#pending
    let done = 0
    for (const piece of pending) {
      if (((piece.seq - this.next) | 0) > 0) break
      const length = piece.bytes.length
      const stop = this.#deliver({ data: piece.bytes, start: 0, end: length, frame: piece.frame, at: piece.at })
      this.#count(-stop)
      if (stop === length) this.#count(-pieceBytes)
      if (stop < length) {
        piece.bytes = piece.bytes.subarray(stop)
        piece.seq = this.next
        break
      }
      this.waitingSince = piece.at
      done++
    }
    if (done > 0) pending.splice(0, done)
    this.#checkEnd()
  }

  /** Gives up the hole before what waits. */
  skipHole(): void {
    const [first] = this.#pending
    if (first === undefined) return
    const missing = (first.seq - this.next) | 0
    if (missing > 0) {
      this.next = first.seq
      this.#consumer.gap(missing)
    }
    this.drain()
  }

  /** Forgets what waits. */
  drop(): void {
    this.#count(-this.pendingBytes)
    this.#pending = []
  }

  /** Goes on at another place, after the consumer lost the thread. */
  restart(seq: number): void {
    this.drop()
    this.start(seq)
    this.ended = false
  }

  /** Nothing more will come: holes are given up, but not for what the other side never had; the consumer hears of the end. */
  finish(): void {
    while (this.#pending.length > 0 && !this.ended) {
      const before = this.#pending.length
      if (this.stalled || this.holeAcked || this.acked === undefined) this.skipHole()
      if (this.#pending.length === before) break
    }
    this.drop()
    if (this.ended) return
    this.ended = true
    this.#consumer.end()
  }

  #deliver(segment: Segment): number {
    const from = segment.start
    const stop = this.#consumer.data(segment)
    this.next = (this.next + stop - from) | 0
    this.delivered += stop - from
    return stop
  }

  #checkEnd(): void {
    if (this.ended || this.#finSeq === undefined || this.#pending.length > 0) return
    if (((this.#finSeq - this.next) | 0) > 0) return
    this.ended = true
    this.#consumer.end()
  }

  #count(bytes: number): void {
    this.pendingBytes += bytes
    this.#held.hold(bytes)
  }

  /** Stores the parts of a segment that nothing before it has brought. */
  #keep(seq: number, segment: Segment): void {
    // Positions from here on are bytes after `next`; nothing pending is further than `mostAhead`.
    const origin = this.next
    const behind = Math.max(0, (origin - seq) | 0)
    const source = segment.start + behind
    const place = (seq - origin + behind) | 0
    const pending = this.#pending
    if (segment.end - source + pieceBytes > this.#held.room() || pending.length >= mostPending) {
      this.refused++
      return
    }
    if (pending.length === 0) this.waitingSince = segment.at
    const to = place + segment.end - source
    let from = place
    let index = this.#firstEndingAfter(from)
    while (from < to) {
      const known = pending[index]
      const knownFrom = known === undefined ? to : (known.seq - origin) | 0
      if (knownFrom > from) {
        const until = Math.min(knownFrom, to)
        const bytes = Buffer.from(segment.data.subarray(source + from - place, source + until - place))
        pending.splice(index++, 0, { seq: (origin + from) | 0, frame: segment.frame, at: segment.at, bytes })
        this.#count(bytes.length + pieceBytes)
        from = until
      }
      if (known === undefined || from >= to) break
      const high = Math.min(knownFrom + known.bytes.length, to)
      const [low, at] = [from - knownFrom, source + from - place]
      if (known.bytes.compare(segment.data, at, at + high - from, low, low + high - from) !== 0)
        this.#consumer.flaw("TCP segments overlap with different data")
      from = high
      index++
    }
  }

  /** The index of the first piece that ends after this many bytes from `next`. */
  #firstEndingAfter(place: number): number {
    const pending = this.#pending
    let [low, high] = [0, pending.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const piece = pending[middle]
      if (piece !== undefined && ((piece.seq - this.next) | 0) + piece.bytes.length <= place) low = middle + 1
      else high = middle
    }
    return low
  }
}
