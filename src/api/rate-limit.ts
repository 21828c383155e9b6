import type { FastifyInstance } from "fastify"
import type { Clock, Millis } from "../core/index.ts"
import { addressOf, networkOf } from "./auth/network.ts"
import { tooMany } from "./errors.ts"

// A console asks some ten times a second at most, a sensor sends a thousand alerts a request; a script in a loop is slowed down.
const perSecond = 200
const burst = 2000
// Addresses remembered; the ones that were quiet longest go first, and come back with a full bucket.
const maxKeys = 10_000

/** Every address may ask as much as a busy console or sensor does; then it is told to wait. */
export function limitRate(app: FastifyInstance, clock: Clock): void {
  const bucket = createBuckets(clock)
  app.addHook("onRequest", async (request) => {
    const address = addressOf(request)
    const waitMs = bucket(networkOf(address))
    if (waitMs > 0) throw tooMany(waitMs, `${burst} requests came at once from ${address}`)
  })
}

/** A token bucket for each key: takes one, or says how long until there is one. */
export function createBuckets(clock: Clock): (key: string) => Millis {
  const buckets = new Map<string, { readonly left: number; readonly at: Millis }>()
  return (key) => {
    const now = clock.now()
    const known = buckets.get(key)
    const left = known === undefined ? burst : Math.min(burst, known.left + ((now - known.at) / 1000) * perSecond)
    buckets.delete(key)
    buckets.set(key, { left: left < 1 ? left : left - 1, at: now })
    if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value ?? key)
    return left < 1 ? Math.ceil(((1 - left) / perSecond) * 1000) : 0
  }
}
