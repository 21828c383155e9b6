import type { Latin1 } from "../../../core/index.ts"
import type { Consumer, Segment } from "../tcp-stream.ts"
import { readChunkSize } from "./chunk-size.ts"
import type { Exchange, Side } from "./exchange.ts"
import { type Framing, requestFraming, responseFraming } from "./framing.ts"
import { addHeaderLine, mostHeadBytes } from "./head-parser.ts"
import { proxyPrefaceBytes } from "./proxy-preface.ts"
import { type Possible, recognise, startsMessage } from "./recognise.ts"
import { afterEmptyLines, longestSniff, parseRequestLine, parseStatusLine } from "./start-line.ts"
import type { State } from "./stream-state.ts"
import { type Draft, draft, type Transaction } from "./transaction.ts"

/** How much text is made of bytes at once: most heads are shorter. */
const textBytes = 1024
// Of the objects that a message and a field of it are made of, besides their text.
const messageBytes = 1024
const fieldBytes = 128
const mostChunkLineBytes = 4096
// Chunks may be of one byte, and their lines are short.
const chunkTextBytes = 32

/** Parses one direction of a connection as HTTP/1 messages. */
export class HttpStream implements Consumer {
  readonly #side: Side
  readonly #exchange: Exchange
  #state: State = "sniff"
  /** The beginning of a line whose end did not come yet, or of what is being sniffed. */
  #partial = ""
  #headBytes = 0
  #remaining = 0
  #transaction: Transaction | undefined = undefined
  #draft: Draft<unknown> | undefined = undefined
  #request = false
  /** A flaw of the stream from before the message began. */
  #early: string | undefined = undefined
  #status = 0

  constructor(side: Side, exchange: Exchange) {
    this.#side = side
    this.#exchange = exchange
  }

  /** It wants no more of this stream, as far as can be seen. */
  get ignoring(): boolean {
    return this.#state === "not-http" || this.#state === "tunnel"
  }

  /** For a stream that was given up: true when this segment surely starts a message, from which it then goes on. */
  restart(segment: Segment): boolean {
    if (this.#state === "tunnel" || this.#exchange.tunnel || !startsMessage(segment, this.#possible)) return false
    this.#state = "sniff"
    return true
  }

  get #possible(): Possible {
    const { requestSide } = this.#exchange
    return {
      request: requestSide === undefined || requestSide === this.#side,
      response: requestSide === undefined || requestSide !== this.#side,
    }
  }

  data(segment: Segment): number {
    const { data, end } = segment
    let pos = segment.start
    if (this.#exchange.tunnel) this.#state = "tunnel"
    while (pos < end) {
      switch (this.#state) {
        case "sniff": {
          const stop = this.#sniff(segment, pos)
          if (stop === undefined) return pos
          pos = stop
          break
        }
        case "fixed":
        case "chunk-data": {
          const count = Math.min(this.#remaining, end - pos)
          this.#body(data, pos, pos + count)
          pos += count
          break
        }
        case "until-close":
          this.#body(data, pos, end)
          return end
        case "lost":
          if (pos > segment.start || !this.restart(segment)) return end
          break
        case "not-http":
        case "tunnel":
          return end
        default:
          if (this.#state === "start-line" && this.#partial === "" && this.#mustWait()) return pos
          pos = this.#lines(segment, pos)
      }
    }
    return pos
  }

  gap(bytes: number): void {
    if (this.ignoring || this.#state === "lost") return
    if (this.#state === "sniff" && this.#partial === "") {
      this.#state = "lost"
      return
    }
    this.#flaw("bytes missing in the capture")
    if (this.#draft !== undefined) this.#draft.cut = true
    if (this.#state === "until-close") return
    if (this.#state === "fixed" && bytes <= this.#remaining) {
      this.#remaining -= bytes
      if (this.#remaining === 0) this.#messageDone()
      return
    }
    if (this.#state === "chunk-data" && bytes < this.#remaining) {
      this.#remaining -= bytes
      return
    }
    this.#lose()
  }

  flaw(what: string): void {
    if (this.#transaction === undefined) this.#early ??= what
    else this.#flaw(what)
  }

  end(): void {
    if (this.#state === "sniff") this.#sniffed("")
    else if (this.#state === "until-close") this.#messageDone()
    else if (!this.ignoring && this.#state !== "lost") {
      this.#lastLine(this.#partial.trimEnd())
      if (this.#draft !== undefined) this.#flaw(this.#draft.headDone ? "body ended early" : "header block ended early")
      this.#lose()
    }
    this.#state = "tunnel"
    this.#partial = ""
  }

  /** What came of a line that was never ended. */
  #lastLine(line: Latin1): void {
    if (line === "") return
    if (this.#state === "start-line") this.#startLine(line)
    else if (this.#state === "headers") this.#header(line)
  }

  /** A response whose request did not come yet waits for it: captures hold packets of the two directions out of order. */
  #mustWait(): boolean {
    return !this.#request && !this.#exchange.orphaned && this.#exchange.awaiting === undefined
  }

  /** Where to go on, or undefined to wait. */
  #sniff(segment: Segment, pos: number): number | undefined {
    const { data, end } = segment
    const preface = this.#partial === "" ? proxyPrefaceBytes(data, pos, end) : 0
    if (preface > 0) return pos + preface
    const text = this.#partial + data.toString("latin1", pos, Math.min(end, pos + longestSniff + 1))
    const kind = recognise(text, this.#possible)
    if (kind === "response" && this.#mustWait()) return undefined
    if (kind === "more" || kind === "none") {
      this.#sniffed(kind === "more" ? text : "")
      if (kind === "none") this.#state = "not-http"
      return end
    }
    this.#request = kind === "request"
    this.#exchange.requestSide = this.#request === (this.#side === 0) ? 0 : 1
    this.#state = "start-line"
    if (this.#partial === "") return pos
    const held = this.#partial.length
    this.#sniffed("")
    const joined = Buffer.concat([Buffer.from(text.slice(0, held), "latin1"), data.subarray(pos, end)])
    const stop = this.data({ ...segment, data: joined, start: 0, end: joined.length })
    return Math.max(pos, pos + stop - held)
  }

  #sniffed(text: Latin1): void {
    this.#exchange.around.hold(text.length - this.#partial.length)
    this.#partial = text
  }

  #lines(segment: Segment, pos: number): number {
    const { data, end } = segment
    const inChunks = this.#state === "chunk-size" || this.#state === "chunk-end"
    const text = data.toString("latin1", pos, Math.min(end, pos + (inChunks ? chunkTextBytes : textBytes)))
    if (!inChunks) this.#draft?.body.charge(text.length)
    let from = 0
    while (from < text.length) {
      if (this.#state === "start-line" && this.#draft === undefined) {
        from = afterEmptyLines(text, from)
        if (from === text.length) break
        this.#open(segment, text.length)
      }
      const newline = text.indexOf("\n", from)
      if (newline < 0) {
        this.#hold(text.slice(from))
        return pos + text.length
      }
      const line = this.#partial + text.slice(from, newline)
      this.#partial = ""
      from = newline + 1
      this.#line(line)
      if (this.#state !== "headers" && this.#state !== "trailers") break
    }
    return pos + from
  }

  #hold(text: Latin1): void {
    const limit = this.#state === "chunk-size" || this.#state === "chunk-end" ? mostChunkLineBytes : mostHeadBytes
    if (this.#partial.length + text.length <= limit) this.#partial += text
    else this.#flaw(limit === mostHeadBytes ? "header block longer than 64 KiB" : "chunk size line too long")
  }

  /** `textLength`: the message's fields are parts of a text, which is held as long as they are. */
  #open(segment: Segment, textLength: number): void {
    if (this.#request) this.#transaction = this.#exchange.openRequest(segment)
    else this.#transaction = this.#exchange.awaiting
    if (this.#early !== undefined) this.#flaw(this.#early)
    this.#early = undefined
    // What was given on already must not change any more.
    const given = this.#transaction === undefined || this.#transaction.emitted
    const own = this.#request ? this.#transaction?.request : this.#transaction?.response
    this.#draft = given || own === undefined ? draft(this.#exchange.around) : own
    this.#draft.body.charge(textLength + messageBytes)
  }

  #flaw(what: string): void {
    this.#transaction?.flaw(this.#request ? what : `response: ${what}`)
  }

  #line(raw: Latin1): void {
    const crlf = raw.endsWith("\r")
    const line = crlf ? raw.slice(0, -1) : raw
    if (!crlf) this.#flaw("line ended by a bare LF")
    switch (this.#state) {
      case "start-line":
        this.#startLine(line)
        break
      case "headers":
        if (line === "") this.#headDone()
        else this.#header(line)
        break
      case "chunk-size":
        this.#chunkSize(line)
        break
      case "chunk-end":
        if (line === "") this.#state = "chunk-size"
        else {
          this.#flaw("chunk data not followed by a line end")
          this.#chunkSize(line)
        }
        break
      case "trailers":
        if (line === "") this.#messageDone()
    }
  }

  #startLine(line: Latin1): void {
    if (line === "" || this.#draft === undefined) return
    this.#headBytes = line.length
    const flaws = (what: string) => this.#flaw(what)
    const parsed = this.#request ? parseRequestLine(line, flaws) : parseStatusLine(line, flaws)
    if (parsed === undefined) {
      this.#exchange.around.skip(this.#request ? "bytes that are no request" : "bytes that are no response")
      this.#lose()
      return
    }
    if ("method" in parsed && parsed.method === "PRI" && parsed.protocol === "HTTP/2.0") {
      this.#http2()
      return
    }
    this.#draft.startLine = parsed
    if ("status" in parsed) this.#status = parsed.status
    this.#state = "headers"
  }

  /** RFC 9113 §3.4: the preface of HTTP/2, which looks like a request so that older servers refuse it. */
  #http2(): void {
    this.#exchange.around.skip("HTTP/2 connection")
    this.#exchange.tunnel = true
    this.#state = "tunnel"
  }

  #header(line: Latin1): void {
    this.#headBytes += line.length
    const message = this.#draft
    if (message === undefined) return
    message.body.charge(fieldBytes)
    const over = this.#headBytes - mostHeadBytes
    if (over > 0) this.#flaw("header block longer than 64 KiB")
    const kept = over <= 0 ? line : line.slice(0, Math.max(0, line.length - over))
    if (kept !== "") addHeaderLine(kept, message.headers, (what) => this.#flaw(what))
  }

  #headDone(): void {
    const message = this.#draft
    if (message === undefined) return
    message.headDone = true
    const flaws = (what: string) => this.#flaw(what)
    if (this.#request) {
      this.#bodyStarts(requestFraming(message.headers, flaws))
      this.#exchange.requestHead()
      return
    }
    const status = this.#status
    const method = this.#transaction?.method ?? ""
    if (status >= 100 && status < 200 && status !== 101) this.#informational()
    else this.#bodyStarts(responseFraming(message.headers, { method, status }, flaws))
  }

  /** RFC 9110 §15.2: the real response is still to come. */
  #informational(): void {
    const given = this.#transaction
    this.#draft?.body.release()
    if (given !== undefined && !given.emitted) given.response = draft(this.#exchange.around)
    this.#next()
  }

  #bodyStarts(framing: Framing): void {
    switch (framing.kind) {
      case "none":
        this.#messageDone()
        break
      case "fixed":
        this.#remaining = framing.length
        this.#state = "fixed"
        break
      case "chunked":
        this.#state = "chunk-size"
        break
      case "until-close":
        this.#state = "until-close"
        break
      case "tunnel":
        this.#messageDone()
        this.#exchange.tunnel = true
        this.#state = "tunnel"
    }
  }

  #body(data: Buffer, start: number, end: number): void {
    const body = this.#draft?.body
    const transaction = this.#transaction
    if (body !== undefined && !body.truncated && transaction !== undefined && !transaction.emitted) {
      body.append(data, start, end)
      if (body.truncated) this.#exchange.bodyFull(transaction)
    }
    if (this.#state === "until-close") return
    this.#remaining -= end - start
    if (this.#remaining > 0) return
    if (this.#state === "chunk-data") this.#state = "chunk-end"
    else this.#messageDone()
  }

  #chunkSize(line: Latin1): void {
    const size = readChunkSize(line, (what) => this.#flaw(what))
    if (size === undefined) {
      this.#lose()
      return
    }
    this.#remaining = size
    this.#state = size === 0 ? "trailers" : "chunk-data"
  }

  #messageDone(): void {
    const transaction = this.#transaction
    const wasRequest = this.#request
    this.#next()
    if (transaction === undefined) {
      if (!wasRequest) this.#exchange.around.skip("response without its request")
    } else if (wasRequest) this.#exchange.requestDone(transaction)
    else this.#exchange.responseDone(transaction)
  }

  #next(): void {
    const owner = this.#transaction
    // Nobody will ask for what belongs to no transaction, or to one that was given on without it.
    if (this.#draft !== owner?.request && this.#draft !== owner?.response) this.#draft?.body.release()
    this.#transaction = undefined
    this.#draft = undefined
    this.#headBytes = 0
    this.#state = "start-line"
  }

  /** Gives up on what is under way; `restart` may find the thread again. */
  #lose(): void {
    const message = this.#draft
    if (message !== undefined) {
      message.cut = true
      const started = message.startLine !== undefined
      if (this.#request || started) this.#messageDone()
      else this.#next()
    }
    if (this.#state === "sniff") this.#sniffed("")
    this.#partial = ""
    this.#state = "lost"
  }
}
