import type { FastifyInstance, FastifyPluginCallback } from "fastify"
import type { Guard } from "../../sensors/http/index.ts"
import { guardOf, type ThwartOptions } from "./guard.ts"

export type { Alert } from "../../core/index.ts"
export type { ThwartOptions } from "./guard.ts"

declare module "fastify" {
  interface FastifyInstance {
    /** The guard with its counters. */
    readonly thwart: Guard
  }
}

/**
 * Guards a Fastify application (5), in every scope of it. Register it first: hooks before it run unguarded.
 *
 * @example
 * await app.register(thwart, { mode: "block" })
 */
export const thwart: FastifyPluginCallback<ThwartOptions> = (app: FastifyInstance, options, done) => {
  const guard = guardOf(options)
  app.decorate("thwart", guard)
  app.addHook("onRequest", (request, reply, next) => {
    guard.wrap(() => next())(request.raw, reply.raw)
  })
  app.addHook("onClose", (_, closed) => {
    guard.close()
    closed()
  })
  done()
}

// So that Fastify adds the hooks to the application itself and not to a scope of the plug-in's own.
Object.assign(thwart, { [Symbol.for("skip-override")]: true, [Symbol.for("fastify.display-name")]: "thwart" })
