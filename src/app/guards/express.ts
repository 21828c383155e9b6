import type { IncomingMessage, ServerResponse } from "node:http"
import type { Guard } from "../../sensors/http/index.ts"
import { guardOf, type ThwartOptions } from "./guard.ts"

export type { Alert } from "../../core/index.ts"
export type { ThwartOptions } from "./guard.ts"

/** Middleware of Express and Connect, and of everything else that has their shape; `guard` has its counters. */
export interface Middleware {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
  readonly guard: Guard
}

/**
 * Guards an Express application (4 and 5). It has to be the first middleware: what reads the body before it hides the body from it.
 *
 * @example
 * app.use(thwart({ mode: "block", rules: ["/etc/coreruleset"] }))
 */
export function thwart(options: ThwartOptions = {}): Middleware {
  const guard = guardOf(options)
  const middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    guard.wrap(() => next())(withWholeUrl(request), response)
  }
  return Object.assign(middleware, { guard })
}

/** Express shortens `url` for what is mounted under a path; rules see what was sent. */
function withWholeUrl(request: IncomingMessage & { originalUrl?: string }): IncomingMessage {
  const { originalUrl } = request
  if (originalUrl === undefined || originalUrl === request.url) return request
  return Object.create(request, { url: { value: originalUrl, writable: true } }) as IncomingMessage
}
