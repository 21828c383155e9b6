import type { IncomingMessage } from "node:http"
import type { Millis } from "../../core/index.ts"
import { createTap, type Tapped } from "./tap.ts"

/** How holding a body back ended: it is whole, it is longer than the limit, it took too long, or the client went away. */
export type Held = "whole" | "full" | "late" | "gone"

export interface RequestTap extends Tapped {
  /** True when the end of the body has come. */
  readonly whole: boolean
  /** Lets the body come in, up to the limit, before anybody reads it; what came stays in the stream, untouched. */
  hold(atMostMs: Millis): Promise<Held>
}

/**
 * Reads along with the stream: the parser pushes what arrives, so nothing is taken from the application and nothing is put back.
 * Has to be there before the first byte of the body, so the guard must be the outermost listener.
 */
export function tapRequest(request: IncomingMessage, limitBytes: number): RequestTap {
  const tap = createTap(limitBytes)
  const push = request.push.bind(request)
  let whole = !hasBody(request)
  let release: ((how: Held) => void) | undefined

  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) whole = true
    else tap.add(chunk, encoding)
    const wantsMore = push(chunk, encoding)
    if (release === undefined) return wantsMore
    if (whole) release("whole")
    else if (tap.isFull) release("full")
    // While it is held, the parser goes on beyond what the stream would buffer by itself.
    return release === undefined ? wantsMore : true
  }

  return {
    bytes: tap.bytes,
    get truncated() {
      return tap.truncated || !whole
    },
    get whole() {
      return whole
    },
    hold: (atMostMs) => {
      if (whole) return Promise.resolve("whole")
      return new Promise((resolve) => {
        const gone = () => release?.("gone")
        const timer = setTimeout(() => release?.("late"), atMostMs)
        release = (how) => {
          release = undefined
          clearTimeout(timer)
          request.off("close", gone)
          resolve(how)
        }
        request.once("close", gone)
      })
    },
  }
}

/** RFC 9112 §6.3: without one of these two, a request has no body. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0
}
