import type { Segment } from "../tcp-stream.ts"
import type { BodyStore } from "./body-buffer.ts"
import { Transaction } from "./transaction.ts"

/** Which direction of a flow: 0 from the endpoint that its key names first, 1 back. */
export type Side = 0 | 1

/** What an exchange asks of the flow around it. */
export interface Surroundings<From> extends BodyStore {
  readonly from: From
  /** Gives a finished transaction on, once. */
  emit(transaction: Transaction<From>): void
  /** The request is there; without a response the transaction is due some time from now. */
  awaitResponse(transaction: Transaction<From>): void
  /** The other side may go on: what it waited for came. */
  resume(side: Side): void
  /** Counts bytes that no transaction can tell of. */
  skip(reason: string): void
}

// Browsers pipeline nothing, attack tools send some hundred requests at once.
const mostOutstanding = 256

/** Pairs the requests of one side of a connection with the responses of the other, in order (RFC 9112 §9.3). */
export class Exchange<From = unknown> {
  /** The side that sends requests, once it is known. */
  requestSide: Side | undefined = undefined
  /** Requests were not captured, so that responses must not wait for them. */
  orphaned = false
  /** Another protocol has taken over. */
  tunnel = false
  readonly around: Surroundings<From>
  #outstanding: Transaction<From>[] = []

  constructor(around: Surroundings<From>) {
    this.around = around
  }

  openRequest({ frame, at }: Pick<Segment, "frame" | "at">): Transaction<From> {
    const transaction = new Transaction(this.around.from, { frame, at }, this.around)
    this.#outstanding.push(transaction)
    if (this.#outstanding.length > mostOutstanding || this.around.room() <= 0) {
      const oldest = this.#outstanding.shift()
      if (oldest !== undefined) this.#emit(oldest)
    }
    return transaction
  }

  /** The transaction that the next response belongs to. */
  get awaiting(): Transaction<From> | undefined {
    const [first] = this.#outstanding
    return first?.request.headDone ? first : undefined
  }

  requestHead(): void {
    this.around.resume(this.requestSide === 0 ? 1 : 0)
  }

  requestDone(transaction: Transaction<From>): void {
    transaction.request.done = true
    this.#settle(transaction)
  }

  responseDone(transaction: Transaction<From>): void {
    transaction.response.done = true
    if (this.#outstanding[0] === transaction) this.#outstanding.shift()
    this.#settle(transaction)
  }

  /** To be called when a body reached its limit: the transaction need not wait for the rest. */
  bodyFull(transaction: Transaction<From>): void {
    this.#settle(transaction)
  }

  /** Gives on what is outstanding, as far as it came. */
  flush(): void {
    for (const transaction of this.#outstanding.splice(0)) this.#emit(transaction)
  }

  /** Gives it on as it is. */
  expire(transaction: Transaction<From>): void {
    this.#emit(transaction)
  }

  #settle(transaction: Transaction<From>): void {
    if (transaction.complete) this.#emit(transaction)
    else if (!transaction.emitted) this.around.awaitResponse(transaction)
  }

  #emit(transaction: Transaction<From>): void {
    if (transaction.emitted) return
    transaction.emitted = true
    transaction.due.owner?.remove(transaction.due)
    if (transaction.request.startLine !== undefined) this.around.emit(transaction)
    else release(transaction)
  }
}

function release({ request, response }: Transaction<unknown>): void {
  request.body.release()
  response.body.release()
}
