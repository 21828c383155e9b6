import type { IncomingMessage, ServerResponse } from "node:http"
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response"
import type { MiddlewareHandler } from "hono"
import { ThwartError } from "../../core/index.ts"
import type { Guard } from "../../sensors/http/index.ts"
import { guardOf, type ThwartOptions } from "./guard.ts"

export type { Alert } from "../../core/index.ts"
export type { ThwartOptions } from "./guard.ts"

/** What `@hono/node-server` gives its applications. */
interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * Guards a Hono application on `@hono/node-server`. It has to be the first middleware; `guard` has its counters.
 *
 * @example
 * app.use(thwart({ mode: "block" }))
 */
export function thwart(options: ThwartOptions = {}): MiddlewareHandler & { readonly guard: Guard } {
  const guard = guardOf(options)
  const middleware: MiddlewareHandler = async (context, next) => {
    const { incoming, outgoing } = bindingsOf(context.env)
    const entered = await new Promise<boolean>((resolve, reject) => {
      outgoing.once("close", () => resolve(false))
      guard.wrap(() => {
        next().then(() => resolve(true), reject)
      })(incoming, outgoing)
    })
    return entered ? undefined : RESPONSE_ALREADY_SENT
  }
  return Object.assign(middleware, { guard })
}

function bindingsOf(env: unknown): NodeBindings {
  const found = typeof env === "object" && env !== null && "incoming" in env && "outgoing" in env ? env : undefined
  if (found === undefined)
    throw new ThwartError("THWART_USAGE", "thwart/hono guards applications that run on @hono/node-server")
  // The cast holds: nobody else has bindings of these names.
  return found as NodeBindings
}
