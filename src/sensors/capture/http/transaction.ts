import type { HttpHeader, Latin1, Millis } from "../../../core/index.ts"
import { Entry } from "../order.ts"
import { BodyBuffer, type BodyStore } from "./body-buffer.ts"
import type { RequestLine, StatusLine } from "./start-line.ts"

/** A message while it comes in. */
export interface Draft<StartLine> {
  startLine: StartLine | undefined
  readonly headers: HttpHeader[]
  readonly body: BodyBuffer
  /** Its header block has ended. */
  headDone: boolean
  done: boolean
  /** Its end was never seen, or something in the middle. */
  cut: boolean
}

// One for each kind of flaw, and somebody who has more of them has been seen.
const mostFlaws = 32

/** A request and its response while they come in. */
export class Transaction<From = unknown> {
  readonly from: From
  readonly frame: number
  readonly at: Millis
  readonly request: Draft<RequestLine>
  response: Draft<StatusLine>
  readonly flaws: string[] = []
  /** It was given on; what still comes in is only parsed for its framing. */
  emitted = false
  readonly due: Entry<Transaction<From>>
  dueAt: Millis = 0

  constructor(from: From, start: { readonly frame: number; readonly at: Millis }, store: BodyStore) {
    this.from = from
    this.frame = start.frame
    this.at = start.at
    this.request = draft(store)
    this.response = draft(store)
    this.due = new Entry<Transaction<From>>(this)
  }

  flaw(what: string): void {
    if (this.flaws.length < mostFlaws && !this.flaws.includes(what)) this.flaws.push(what)
  }

  get complete(): boolean {
    return isSettled(this.request) && isSettled(this.response)
  }

  get method(): Latin1 {
    return this.request.startLine?.method ?? ""
  }
}

/** It is there, or as much of it as is kept. */
function isSettled({ done, headDone, body }: Draft<unknown>): boolean {
  return done || (headDone && body.truncated)
}

export function draft<StartLine>(store: BodyStore): Draft<StartLine> {
  return { startLine: undefined, headers: [], body: new BodyBuffer(store), headDone: false, done: false, cut: false }
}
