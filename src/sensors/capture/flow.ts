import type { Endpoint, Millis } from "../../core/index.ts"
import type { BytePool } from "./byte-pool.ts"
import { Exchange, type Side, type Surroundings } from "./http/exchange.ts"
import { HttpStream } from "./http/http-stream.ts"
import type { Transaction } from "./http/transaction.ts"
import { Entry } from "./order.ts"
import { type Segment, TcpStream } from "./tcp-stream.ts"

/** RFC 9293 §3.1 */
export const tcpFlags = { fin: 1, syn: 2, rst: 4, ack: 16, urg: 32 } as const

export interface TcpHeader {
  seq: number
  ack: number
  flags: number
  /** 0 for none. */
  urgent: number
}

/** What a flow asks of the table that it is in. */
export interface FlowContext {
  readonly bodyLimit: number
  readonly pool: BytePool
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

/** What a connection needs while it is open. */
interface Life {
  readonly exchange: Exchange<Flow>
  readonly streams: readonly [TcpStream, TcpStream]
  readonly parsers: readonly [HttpStream, HttpStream]
}

/**
 * One TCP connection: its two streams and the exchange on them. A class because there are tens of thousands: methods are
 * shared, and once closed it shrinks to its name.
 */
export class Flow implements Surroundings<Flow> {
  readonly key: FlowKey
  readonly place: Entry<Flow>
  readonly check: Entry<Flow>
  lastAt: Millis
  checkAt: Millis = 0
  /** Bytes held for this flow. */
  heldBytes = 0
  readonly #context: FlowContext
  #life: Life | undefined
  #sawSyn = false
  #resetAt: Millis | undefined = undefined
  #newIsn: number | undefined = undefined
  #clientSide: Side = 0
  /** Of the two streams, once closed: their SYNs may be sent again. */
  #bases: readonly [number, number] | undefined = undefined
  #endpoints: readonly [Endpoint, Endpoint] | undefined = undefined

  constructor(key: FlowKey, at: Millis, context: FlowContext) {
    this.key = key
    this.lastAt = at
    this.#context = context
    this.place = new Entry<Flow>(this)
    this.check = new Entry<Flow>(this)
    const exchange = new Exchange<Flow>(this)
    const parsers = [new HttpStream(0, exchange), new HttpStream(1, exchange)] as const
    this.#life = { exchange, parsers, streams: [new TcpStream(parsers[0], this), new TcpStream(parsers[1], this)] }
  }

  get from(): Flow {
    return this
  }

  get bodyLimit(): number {
    return this.#context.bodyLimit
  }

  get pool(): BytePool {
    return this.#context.pool
  }

  hold(bytes: number): void {
    this.heldBytes += bytes
    this.#context.count(bytes)
  }

  room(): number {
    return this.#context.perFlowBytes - this.heldBytes
  }

  emit(transaction: Transaction<Flow>): void {
    this.#context.emit(transaction)
  }

  awaitResponse(transaction: Transaction<Flow>): void {
    this.#context.awaitResponse(transaction)
  }

  resume(side: Side): void {
    this.#life?.streams[side].drain()
  }

  skip(reason: string): void {
    this.#context.skip(reason)
  }

  /** Client and server, once a request was seen. */
  get endpoints(): readonly [client: Endpoint, server: Endpoint] {
    this.#endpoints ??= this.key.endpoints(this.#life?.exchange.requestSide ?? this.#clientSide)
    return this.#endpoints
  }

  get closed(): boolean {
    return this.#life === undefined
  }

  get hasData(): boolean {
    const [one, other] = this.#life?.streams ?? []
    return (one?.delivered ?? 0) > 0 || (other?.delivered ?? 0) > 0 || this.heldBytes > 0
  }

  /** A response that was due is given on without. */
  expire(transaction: Transaction<Flow>): void {
    this.#life?.exchange.expire(transaction)
  }

  take(side: Side, header: TcpHeader, segment: Segment): FlowVerdict {
    const { flags } = header
    const life = this.#life
    if (flags & tcpFlags.syn) return this.#syn(side, header, segment)
    if (life === undefined) return "taken"
    if (flags & tcpFlags.rst) return this.#reset(life, segment.at)
    const [mine, other] = [life.streams[side], life.streams[side === 0 ? 1 : 0]]
    if (flags & tcpFlags.ack) acknowledge(other, header.ack)
    const length = segment.end - segment.start
    if (length > 0) {
      this.#resetAt = undefined
      this.#data(life, side, { seq: header.seq, urgent: header.urgent, segment })
    }
    if (flags & tcpFlags.fin) mine.fin((header.seq + length) | 0)
    if (mine.ended && other.ended) this.finish()
    else if (mine.waiting || other.waiting) this.#watch(life, segment.at)
    return "taken"
  }

  #data(life: Life, side: Side, { seq, urgent = 0, segment }: Arrival): void {
    const stream = life.streams[side]
    const parser = life.parsers[side]
    if (parser.ignoring) {
      if (this.#sawSyn || !parser.restart(segment)) return
      stream.restart(seq)
    }
    if (urgent > 0 && urgent <= segment.end - segment.start) stream.addUrgent(seq, segment, urgent)
    else stream.add(seq, segment)
  }

  #syn(side: Side, header: TcpHeader, segment: Segment): FlowVerdict {
    const first = (header.seq + 1) | 0
    const life = this.#life
    if (header.flags & tcpFlags.ack) return this.#synAck(side, header, segment)
    if (life === undefined) return first === this.#bases?.[side] ? "taken" : "reopen"
    const mine = life.streams[side]
    if (mine.started && mine.base === first) return "taken"
    if (mine.started && (!this.hasData || segment.at - this.lastAt > reuseMs)) return "reopen"
    if (mine.started) {
      // It may be forged to throw us off: only the answer to it begins anew.
      this.#newIsn = header.seq
      return "taken"
    }
    this.#opens(life, side)
    this.#begin(life, side, { first, segment })
    return "taken"
  }

  #synAck(side: Side, { seq, ack }: TcpHeader, segment: Segment): FlowVerdict {
    const first = (seq + 1) | 0
    const life = this.#life
    if (life === undefined) return "taken"
    const mine = life.streams[side]
    const answersNew = this.#newIsn !== undefined && ((this.#newIsn + 1) | 0) === (ack | 0)
    if (answersNew && !(mine.started && mine.base === first)) return "reopen"
    this.#opens(life, side === 0 ? 1 : 0)
    this.#resetAt = undefined
    acknowledge(life.streams[side === 0 ? 1 : 0], ack)
    this.#begin(life, side, { first, segment })
    return "taken"
  }

  #begin(life: Life, side: Side, { first, segment }: { first: number; segment: Segment }): void {
    const mine = life.streams[side]
    if (!mine.started || mine.delivered === 0) mine.start(first)
    // RFC 7413: data in a SYN.
    if (segment.end > segment.start) this.#data(life, side, { seq: first, segment })
  }

  #opens(life: Life, client: Side): void {
    this.#sawSyn = true
    life.exchange.requestSide ??= client
  }

  #reset(life: Life, at: Millis): FlowVerdict {
    this.#resetAt = at
    this.#watch(life, at)
    return "taken"
  }

  #watch(life: Life, at: Millis): void {
    const [one, other] = life.streams
    unstick(life, one, at)
    unstick(life, other, at)
    if (shouldSkipHole(one, other, at)) one.skipHole()
    if (shouldSkipHole(other, one, at)) other.skipHole()
    if (one.waiting || other.waiting || this.#resetAt !== undefined) this.#context.recheck(this)
  }

  /** To be called some time after `recheck` was asked for. */
  look(now: Millis): void {
    if (this.#life === undefined) return
    if (this.#resetAt !== undefined && now - this.#resetAt > resetMs) this.finish()
    else this.#watch(this.#life, now)
  }

  /** Gives on everything that came, and lets go of what is held. */
  finish(): void {
    const life = this.#life
    if (life === undefined) return
    const { exchange, streams } = life
    exchange.orphaned = true
    this.#clientSide = exchange.requestSide ?? 0
    streams[this.#clientSide].finish()
    streams[this.#clientSide === 0 ? 1 : 0].finish()
    exchange.flush()
    const refused = streams[0].refused + streams[1].refused
    if (refused > 0) this.#context.skip("segments outside the window", refused)
    this.#bases = [streams[0].base, streams[1].base]
    this.#life = undefined
  }
}

interface Arrival {
  readonly seq: number
  readonly urgent?: number
  readonly segment: Segment
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

/** Lets responses go on whose requests don't come. */
function unstick({ exchange }: Life, stream: TcpStream, now: Millis): void {
  if (!stream.stalled || (now - stream.waitingSince < stallMs && stream.pendingBytes < stallBytes)) return
  exchange.orphaned = true
  stream.drain()
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
