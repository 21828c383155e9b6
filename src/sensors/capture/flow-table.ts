import { type Endpoint, type Millis, parseAddress } from "../../core/index.ts"
import { createBytePool } from "./byte-pool.ts"
import { Flow, type FlowContext, type FlowKey, type TcpHeader, tcpFlags } from "./flow.ts"
import type { Side } from "./http/exchange.ts"
import type { Transaction } from "./http/transaction.ts"
import type { Datagram } from "./ip.ts"
import { Order } from "./order.ts"
import type { Segment } from "./tcp-stream.ts"

export interface FlowLimits {
  readonly maxFlows: number
  /** Of reassembly and bodies, all flows together. */
  readonly maxBytes: number
  readonly maxFlowBytes: number
  readonly idleMs: Millis
  readonly bodyLimit: number
  /** How long a transaction waits for its response after its request ended. */
  readonly responseWaitMs: Millis
}

// A flow without data is a scan, a flood or a handshake under way: the first to go when room is needed.
const freshIdleMs = 60_000
// Late retransmissions of a closed connection must not look like a new one.
const closedMs = 10_000
const mostClosed = 4096
// What a connection costs besides the bytes that it brought.
const flowBytes = 2048
const recheckMs = 250
// Work per packet stays bounded whatever the clock in the capture does.
const mostPerTick = 64

/** The connections of a capture, found by their endpoints. */
export class FlowTable {
  heldBytes = 0
  readonly #limits: FlowLimits
  readonly #seed: number
  readonly #buckets = new Map<number, Bucket>()
  readonly #fresh = new Order<Flow>()
  readonly #open = new Order<Flow>()
  readonly #closed = new Order<Flow>()
  readonly #checks = new Order<Flow>()
  readonly #due = new Order<Transaction<Flow>>()
  readonly #context: FlowContext
  readonly #header: TcpHeader = { seq: 0, ack: 0, flags: 0, urgent: 0 }
  readonly #segment: Segment = { data: Buffer.alloc(0), start: 0, end: 0, frame: 0, at: 0 }
  readonly #words = new Int32Array(9)
  readonly #skip: (reason: string, count?: number) => void
  #now: Millis = 0

  constructor(
    limits: FlowLimits,
    deps: {
      /** Keeps an attacker from choosing addresses that fall together. */
      readonly seed: number
      emit(transaction: Transaction<Flow>): void
      skip(reason: string, count?: number): void
    },
  ) {
    this.#limits = limits
    this.#seed = deps.seed | 0
    this.#skip = deps.skip
    this.#context = {
      bodyLimit: limits.bodyLimit,
      pool: createBytePool(),
      perFlowBytes: limits.maxFlowBytes,
      count: (bytes) => {
        this.heldBytes += bytes
      },
      emit: deps.emit,
      awaitResponse: (transaction) => {
        if (transaction.due.owner !== undefined) return
        transaction.dueAt = this.#now + limits.responseWaitMs
        this.#due.append(transaction.due)
      },
      recheck: (flow) => {
        if (flow.check.owner !== undefined) return
        flow.checkAt = this.#now + recheckMs
        this.#checks.append(flow.check)
      },
      skip: deps.skip,
    }
  }

  get size(): number {
    return this.#fresh.size + this.#open.size + this.#closed.size
  }

  /** A TCP segment, as IP carried it. */
  add(datagram: Datagram, seen: { readonly frame: number; readonly at: Millis }): void {
    this.advance(seen.at)
    const { data, start, end } = datagram
    const headerBytes = end - start < 20 ? 20 : ((data[start + 12] ?? 0) >> 4) * 4
    if (headerBytes < 20 || start + headerBytes > end) {
      this.#skip(headerBytes < 20 ? "bad TCP header" : "truncated TCP header")
      return
    }
    const header = this.#header
    header.seq = data.readInt32BE(start + 4)
    header.ack = data.readInt32BE(start + 8)
    header.flags = data[start + 13] ?? 0
    header.urgent = (header.flags & tcpFlags.urg) === 0 ? 0 : data.readUInt16BE(start + 18)
    const segment = this.#segment
    segment.data = data
    segment.start = start + headerBytes
    segment.end = end
    segment.frame = seen.frame
    segment.at = this.#now
    const side = this.#name(datagram)
    const flow = this.#find(header, segment)
    if (flow === undefined) return
    if (flow.take(side, header, segment) === "reopen") {
      flow.finish()
      this.#forget(flow)
      const fresh = this.#create()
      fresh.take(side, header, segment)
      this.#settle(fresh)
    } else this.#settle(flow)
    if (this.heldBytes > this.#limits.maxBytes) this.#relieve(flow)
  }

  /** Time goes on: what waited long enough is given on. Time never goes back, whatever a capture says. */
  advance(at: Millis): void {
    if (at > this.#now) this.#now = at
    const now = this.#now
    for (let left = mostPerTick, next = this.#due.first; next !== undefined && left > 0; left--) {
      if (next.value.dueAt > now) break
      next.value.from.expire(next.value)
      this.#due.remove(next)
      next = this.#due.first
    }
    for (let left = mostPerTick, next = this.#checks.first; next !== undefined && left > 0; left--) {
      if (next.value.checkAt > now) break
      this.#checks.remove(next)
      next.value.look(now)
      this.#settle(next.value)
      next = this.#checks.first
    }
    this.#expire(this.#closed, this.#closed.size > mostClosed ? now + 1 : now - closedMs)
    this.#expire(this.#fresh, now - freshIdleMs)
    this.#expire(this.#open, now - this.#limits.idleMs)
  }

  /** The capture is at its end. */
  finish(): void {
    for (const order of [this.#fresh, this.#open, this.#closed])
      for (let next = order.first; next !== undefined; next = order.first) this.#end(next.value)
  }

  /** Ends the connection that was quiet for longest; for callers that must give on what comes of it piece by piece. */
  finishOne(): boolean {
    const oldest = (this.#fresh.first ?? this.#open.first ?? this.#closed.first)?.value
    if (oldest !== undefined) this.#end(oldest)
    return oldest !== undefined
  }

  #expire(order: Order<Flow>, before: Millis): void {
    for (let left = mostPerTick, next = order.first; next !== undefined && left > 0; left--) {
      if (next.value.lastAt > before) return
      this.#end(next.value)
      next = order.first
    }
  }

  #end(flow: Flow): void {
    flow.finish()
    this.#forget(flow)
  }

  #settle(flow: Flow): void {
    if (flow.place.owner === this.#closed) return
    flow.lastAt = this.#now
    if (flow.closed) {
      flow.check.owner?.remove(flow.check)
      this.#closed.append(flow.place)
    } else if (flow.place.owner === this.#open || flow.hasData) this.#open.append(flow.place)
    else this.#fresh.append(flow.place)
  }

  /** Ends flows, longest quiet first, until what is held is under the limit again. */
  #relieve(current: Flow): void {
    for (let next = this.#open.first; next !== undefined && this.heldBytes > this.#limits.maxBytes; ) {
      const flow = next.value
      next = next.after
      if (flow === current) continue
      this.#skip("connection ended early for want of memory")
      this.#end(flow)
    }
  }

  /** Writes the endpoints into `#words` (two addresses of four words, then both ports), the lower first; says which sent. */
  #name({ family, addresses, source, destination, data, start }: Datagram): Side {
    const words = this.#words
    const [sourcePort, destinationPort] = [data.readUInt16BE(start), data.readUInt16BE(start + 2)]
    let order = 0
    if (family === 4) {
      const [from, to] = [addresses.readInt32BE(source), addresses.readInt32BE(destination)]
      order = from - to || sourcePort - destinationPort
      words.fill(0, 0, 8)
      words[0] = order <= 0 ? from : to
      words[4] = order <= 0 ? to : from
    } else {
      order = addresses.compare(addresses, destination, destination + 16, source, source + 16)
      if (order === 0) order = sourcePort - destinationPort
      const [low, high] = order <= 0 ? [source, destination] : [destination, source]
      for (let word = 0; word < 4; word++) {
        words[word] = addresses.readInt32BE(low + word * 4)
        words[word + 4] = addresses.readInt32BE(high + word * 4)
      }
    }
    words[8] = order <= 0 ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort
    return order <= 0 ? 0 : 1
  }

  #find({ flags }: TcpHeader, segment: Segment): Flow | undefined {
    for (let bucket = this.#buckets.get(this.#hash()); bucket !== undefined; bucket = bucket.next)
      if (bucket.key.is(this.#words)) return bucket.flow
    // What carries neither data nor a SYN tells nothing that a later packet won't.
    if ((flags & tcpFlags.syn) === 0 && segment.start === segment.end) return undefined
    return this.#create()
  }

  #create(): Flow {
    if (this.size >= this.#limits.maxFlows) {
      this.#skip("connection ended early for want of room")
      const oldest = (this.#closed.first ?? this.#fresh.first ?? this.#open.first)?.value
      if (oldest !== undefined) this.#end(oldest)
    }
    const hash = this.#hash()
    const key = new Key(this.#words, hash)
    const flow = new Flow(key, this.#now, this.#context)
    this.#buckets.set(hash, { key, flow, next: this.#buckets.get(hash) })
    this.heldBytes += flowBytes
    return flow
  }

  #forget(flow: Flow): void {
    this.heldBytes -= flowBytes
    flow.place.owner?.remove(flow.place)
    flow.check.owner?.remove(flow.check)
    const { hash } = flow.key as Key // Every flow of this table got its key from `#create`.
    const first = this.#buckets.get(hash)
    if (first?.flow === flow) {
      if (first.next === undefined) this.#buckets.delete(hash)
      else this.#buckets.set(hash, first.next)
      return
    }
    for (let bucket = first; bucket !== undefined; bucket = bucket.next)
      if (bucket.next?.flow === flow) bucket.next = bucket.next.next
  }

  /** 32 bits of MurmurHash3 over the words. */
  #hash(): number {
    let hash = this.#seed
    for (let index = 0; index < 9; index++) {
      let word = Math.imul(this.#words[index] ?? 0, 0xcc9e2d51)
      word = Math.imul((word << 15) | (word >>> 17), 0x1b873593)
      hash ^= word
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    // 31 bits are a small integer, which a Map finds without a detour.
    return (hash ^ (hash >>> 16)) >> 1
  }
}

interface Bucket {
  readonly key: Key
  readonly flow: Flow
  next: Bucket | undefined
}

/** Two endpoints: an address of four words each (IPv4 in the first), and both ports in one. */
class Key implements FlowKey {
  readonly hash: number
  readonly #low: Words
  readonly #high: Words
  readonly #ports: number

  constructor(words: Int32Array, hash: number) {
    this.#low = wordsAt(words, 0)
    this.#high = wordsAt(words, 4)
    this.#ports = words[8] ?? 0
    this.hash = hash
  }

  is(words: Int32Array): boolean {
    return this.#ports === words[8] && isAt(this.#low, words, 0) && isAt(this.#high, words, 4)
  }

  endpoints(first: Side): readonly [Endpoint, Endpoint] {
    const low = endpointOf(this.#low, this.#ports >>> 16)
    const high = endpointOf(this.#high, this.#ports & 0xffff)
    return first === 0 ? [low, high] : [high, low]
  }
}

type Words = readonly [number, number, number, number]

function wordsAt(words: Int32Array, at: number): Words {
  return [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0]
}

function isAt(own: Words, words: Int32Array, at: number): boolean {
  return own[0] === words[at] && own[1] === words[at + 1] && own[2] === words[at + 2] && own[3] === words[at + 3]
}

function endpointOf(words: Words, port: number): Endpoint {
  const [first, ...rest] = words
  const isIpv4 = rest.every((word) => word === 0)
  const text = isIpv4
    ? [first >>> 24, (first >>> 16) & 255, (first >>> 8) & 255, first & 255].join(".")
    : words.map((word) => `${((word >>> 16) & 0xffff).toString(16)}:${(word & 0xffff).toString(16)}`).join(":")
  const address = parseAddress(text)
  // Every four bytes are an address, and every sixteen.
  if (address === undefined) throw new Error(`not an address: ${text}`)
  return { address, port }
}
