import type { Endpoint, Millis } from "../../core/index.ts"
import { Exchange, type Side, type Surroundings } from "./http/exchange.ts"
import { HttpStream } from "./http/http-stream.ts"
import type { Transaction } from "./http/transaction.ts"
import { Entry } from "./order.ts"
import { type Held, type Segment, TcpStream } from "./tcp-stream.ts"

/** RFC 9293 §3.1 */
export const tcpFlags = { fin: 1, syn: 2, rst: 4, ack: 16 } as const

export interface TcpHeader {
  seq: number
  ack: number
  flags: number
}

/** What a flow asks of the table that it is in. */
export interface FlowContext {
  readonly bodyLimit: number
  readonly perFlowBytes: number
  /** Of all flows together. */
  count(bytes: number): void
  emit(transaction: Transaction<Flow>): void
  awaitResponse(transaction: Transaction<Flow>): void
  /** The flow has something that must be looked at again soon. */
  recheck(flow: Flow): void
  skip(reason: string, count?: number): void
}

// Packets of the two directions are rarely captured more than some milliseconds out of order.
const ackedHoleMs = 200
// A retransmission comes within seconds; after that the sender gave up or the packet was not captured.
const unackedHoleMs = 10_000
const holeBytes = 64 * 1024
const stallMs = 1000
const stallBytes = 64 * 1024
// A forged reset is followed by more of the conversation at once.
const resetMs = 1000
const reuseMs = 60_000

/** `reopen`: the segment begins a new connection between the same ports. */
export type FlowVerdict = "taken" | "reopen"

/** One TCP connection: its two streams and the exchange on them. A class for its many instances' sake: methods are shared. */
export class Flow {
  readonly key: FlowKey
  readonly place: Entry<Flow>
  readonly check: Entry<Flow>
  lastAt: Millis
  checkAt: Millis = 0
  closed = false
  /** Bytes held for this flow. */
  heldBytes = 0
  readonly exchange: Exchange<Flow>
  readonly #streams: readonly [TcpStream, TcpStream]
  readonly #parsers: readonly [HttpStream, HttpStream]
  readonly #context: FlowContext
  #sawSyn = false
  #resetAt: Millis | undefined = undefined
  #newIsn: number | undefined = undefined
  #endpoints: readonly [Endpoint, Endpoint] | undefined = undefined

  constructor(key: FlowKey, at: Millis, context: FlowContext) {
    this.key = key
    this.lastAt = at
    this.#context = context
    this.place = new Entry<Flow>(this)
    this.check = new Entry<Flow>(this)
    const held: Held = {
      hold: (bytes) => {
        this.heldBytes += bytes
        context.count(bytes)
      },
      room: () => context.perFlowBytes - this.heldBytes,
    }
    const around: Surroundings<Flow> = {
      from: this,
      held,
      bodyLimit: context.bodyLimit,
      emit: (transaction) => context.emit(transaction),
      awaitResponse: (transaction) => context.awaitResponse(transaction),
      resume: (side) => this.#streams[side].drain(),
      skip: (reason) => context.skip(reason),
    }
    this.exchange = new Exchange<Flow>(around)
    this.#parsers = [new HttpStream(0, this.exchange), new HttpStream(1, this.exchange)]
    this.#streams = [new TcpStream(this.#parsers[0], held), new TcpStream(this.#parsers[1], held)]
  }

  /** Client and server, once a request was seen. */
  get endpoints(): readonly [client: Endpoint, server: Endpoint] {
    this.#endpoints ??= this.exchange.requestSide === 1 ? this.key.endpoints(1) : this.key.endpoints(0)
    return this.#endpoints
  }

  get hasData(): boolean {
    return this.#streams[0].delivered > 0 || this.#streams[1].delivered > 0 || this.heldBytes > 0
  }

  take(side: Side, header: TcpHeader, segment: Segment): FlowVerdict {
    const { flags } = header
    const [mine, other] = [this.#streams[side], this.#streams[side === 0 ? 1 : 0]]
    if (flags & tcpFlags.syn) return this.#syn(side, header, segment)
    if (this.closed) return "taken"
    if (flags & tcpFlags.rst) return this.#reset(segment.at)
    if (flags & tcpFlags.ack) acknowledge(other, header.ack)
    const length = segment.end - segment.start
    if (length > 0) {
      this.#resetAt = undefined
      this.#data(side, header.seq, segment)
    }
    if (flags & tcpFlags.fin) mine.fin((header.seq + length) | 0)
    if (mine.ended && other.ended) this.finish()
    else if (mine.waiting || other.waiting) this.#watch(segment.at)
    return "taken"
  }

  #data(side: Side, seq: number, segment: Segment): void {
    const stream = this.#streams[side]
    const parser = this.#parsers[side]
    if (parser.ignoring) {
      if (this.#sawSyn && !parser.isLost) return
      if (!parser.restart(segment)) return
      stream.restart(seq)
    }
    stream.add(seq, segment)
  }

  #syn(side: Side, header: TcpHeader, segment: Segment): FlowVerdict {
    const { flags, seq, ack } = header
    const [mine, other] = [this.#streams[side], this.#streams[side === 0 ? 1 : 0]]
    const first = (seq + 1) | 0
    const known = mine.started && mine.base === first
    if (flags & tcpFlags.ack) {
      if (this.#newIsn !== undefined && ((this.#newIsn + 1) | 0) === (ack | 0) && !known) return "reopen"
      if (this.closed) return "taken"
      this.#opens(side === 0 ? 1 : 0)
      this.#resetAt = undefined
      acknowledge(other, ack)
    } else {
      if (known && !this.closed) return "taken"
      const idle = segment.at - this.lastAt > reuseMs
      if (this.closed) return known ? "taken" : "reopen"
      if (mine.started && (!this.hasData || idle)) return "reopen"
      // A lone SYN may be forged to throw us off: only the answer to it begins anew.
      if (mine.started) {
        this.#newIsn = seq
        return "taken"
      }
      this.#opens(side)
    }
    if (!mine.started || mine.delivered === 0) mine.start(first)
    // RFC 7413: data in a SYN.
    if (segment.end > segment.start) this.#data(side, first, segment)
    return "taken"
  }

  #opens(client: Side): void {
    this.#sawSyn = true
    this.exchange.requestSide ??= client
  }

  #reset(at: Millis): FlowVerdict {
    this.#resetAt = at
    this.#watch(at)
    return "taken"
  }

  #watch(at: Millis): void {
    const [one, other] = this.#streams
    this.#unstick(one, at)
    this.#unstick(other, at)
    if (shouldSkipHole(one, other, at)) one.skipHole()
    if (shouldSkipHole(other, one, at)) other.skipHole()
    if (one.waiting || other.waiting || this.#resetAt !== undefined) this.#context.recheck(this)
  }

  /** To be called some time after `recheck` was asked for. */
  look(now: Millis): void {
    if (this.closed) return
    if (this.#resetAt !== undefined && now - this.#resetAt > resetMs) this.finish()
    else this.#watch(now)
  }

  /** Lets responses go on whose requests don't come. */
  #unstick(stream: TcpStream, now: Millis): void {
    if (!stream.stalled || (now - stream.waitingSince < stallMs && stream.pendingBytes < stallBytes)) return
    this.exchange.orphaned = true
    stream.drain()
  }

  /** Gives on everything that came, and lets go of what is held. */
  finish(): void {
    if (this.closed) return
    this.closed = true
    this.exchange.orphaned = true
    const requestSide = this.exchange.requestSide ?? 0
    this.#streams[requestSide].finish()
    this.#streams[requestSide === 0 ? 1 : 0].finish()
    this.exchange.flush()
    const refused = this.#streams[0].refused + this.#streams[1].refused
    if (refused > 0) this.#context.skip("segments outside the window", refused)
  }
}

/** What names a flow. */
export interface FlowKey {
  /** The endpoint of a side first, then the other. */
  endpoints(first: Side): readonly [Endpoint, Endpoint]
}

function acknowledge(stream: TcpStream, ack: number): void {
  if (!stream.started) stream.start(ack)
  if (stream.acked === undefined || ((ack - stream.acked) | 0) > 0) stream.acked = ack | 0
}

function shouldSkipHole(stream: TcpStream, other: TcpStream, now: Millis): boolean {
  if (!stream.waiting || stream.stalled) return false
  const waited = now - stream.waitingSince
  if (stream.holeAcked) return waited >= ackedHoleMs || stream.pendingBytes >= holeBytes
  if (waited < unackedHoleMs) return false
  // Where acknowledgements are captured and none came, the receiver does not have it either: it was forged, or is lost.
  if (stream.acked === undefined || !other.started) return true
  stream.drop()
  return false
}
