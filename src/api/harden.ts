import { isIP } from "node:net"
import type { FastifyInstance } from "fastify"
import { isSecure } from "./auth/authenticate.ts"
import { Refusal } from "./errors.ts"
import { isLoopback } from "./listen.ts"
import type { ApiOptions } from "./services.ts"

const headers = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // The console's component library sets styles at run time; scripts come from files alone.
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}

/** What browsers must be told with every answer, and names under which nobody may come. */
export function harden(app: FastifyInstance, { host, names = [] }: Pick<ApiOptions, "host" | "names">): void {
  const known = new Set(names.map((name) => name.toLowerCase()))
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers)
    if (request.url.startsWith("/api/")) reply.header("cache-control", "no-store")
    if (isSecure(request)) reply.header("strict-transport-security", "max-age=31536000")
    // A page of another site can make its own name point at 127.0.0.1 (DNS rebinding); then the name gives it away.
    const name = (request.hostname ?? "").replace(/^\[|\]$/g, "").toLowerCase()
    if (isLoopback(host) && !isLocal(name) && !known.has(name))
      throw new Refusal(403, "FORGED", `this server answers on loopback alone, not as "${name.slice(0, 100)}"`)
  })
}

function isLocal(name: string): boolean {
  return name === "localhost" || (isIP(name) > 0 && isLoopback(name))
}
