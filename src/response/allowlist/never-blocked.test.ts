import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { alertOf } from "../../../test/support/alerts.ts"
import { holds, type NodeId, overlaps, prefix, prefixesOf } from "../../core/index.ts"
import { ada, createHouse, onAlerts, policyOf } from "../testing/house.ts"

type Step =
  | { readonly kind: "attack"; readonly host: number; readonly node: "shop" | "staging" }
  | { readonly kind: "by hand"; readonly host: number; readonly length: number }
  | { readonly kind: "allow"; readonly host: number; readonly wide: number; readonly forMs: number | null }
  | { readonly kind: "allow name" }
  | { readonly kind: "name moves"; readonly host: number; readonly answers: boolean }
  | { readonly kind: "take off" }
  | { readonly kind: "wait"; readonly ms: number }

// Few addresses, so that they meet.
const host = fc.integer({ min: 0, max: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("attack" as const), host, node: fc.constantFrom("shop" as const, "staging" as const) }),
  fc.record({ kind: fc.constant("by hand" as const), host, length: fc.integer({ min: 26, max: 32 }) }),
  fc.record({
    kind: fc.constant("allow" as const),
    host,
    wide: fc.integer({ min: 0, max: 2 }),
    forMs: fc.constantFrom(null, 20_000, 90_000),
  }),
  fc.constant({ kind: "allow name" as const }),
  fc.record({ kind: fc.constant("name moves" as const), host, answers: fc.boolean() }),
  fc.constant({ kind: "take off" as const }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1000, 40_000, 100_000) }),
)
const addressOf = (last: number) => `203.0.113.${last}`

describe("the allowlist", () => {
  it("whatever happens in whatever order: nothing in force touches who is on it", async () => {
    let blocks = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        let name: readonly string[] | undefined = [addressOf(2)]
        const house = await createHouse({
          resolveHost: async () => {
            if (name === undefined) throw new Error("nobody answers")
            return { addresses: name, ttlMs: 1 }
          },
        })
        await house.store.record({ policies: [policyOf({ on: onAlerts, blockMs: 200_000 })] })
        const wish = { comment: "c", expiresAt: null }
        const { responder } = house
        const carryOut = async (one: Step, n: number) => {
          if (one.kind === "attack") {
            const node = { id: one.node as NodeId, kind: "host", name: one.node } as const
            const at = house.clock.now()
            await house.ingest([alertOf(n, "exploitation", { at, attacker: addressOf(one.host), node })], [])
          } else if (one.kind === "by hand") {
            const target = prefix(`${addressOf(one.host)}/${one.length}`)
            const asked = { target, direction: "inbound", durationMs: 60_000, reason: "x" } as const
            await responder.block(asked, ada).catch(() => undefined)
          } else if (one.kind === "allow") {
            const expiresAt = one.forMs === null ? null : house.clock.now() + one.forMs
            const range = `${addressOf(one.host)}-${addressOf(one.host + one.wide)}`
            await responder.allow({ ...wish, expiresAt, range }, ada)
          } else if (one.kind === "allow name") {
            await responder.allow({ ...wish, host: "a.example.com" }, ada).catch(() => undefined)
          } else if (one.kind === "name moves") {
            name = one.answers ? [addressOf(one.host)] : undefined
          } else if (one.kind === "take off") {
            const [entry] = await house.store.allowlist()
            if (entry !== undefined) await responder.disallow(entry.id, ada)
          } else {
            house.clock.advance(one.ms)
            await responder.sweep()
            await responder.refreshAllowlist()
          }
        }
        for (const [n, one] of steps.entries()) {
          await carryOut(one, n)
          const entries = (await house.store.allowlist()).filter((entry) => holds(entry, house.clock.now()))
          const friends = entries.flatMap(prefixesOf)
          for (const block of responder.desired()) {
            blocks++
            if (block.action !== "block") throw new Error("no quarantine was asked for")
            expect(friends.filter((friend) => overlaps(friend, block.target))).toEqual([])
          }
        }
        await house.store.close()
      }),
      { numRuns: 150 },
    )
    // Without any block this would have shown nothing.
    expect(blocks).toBeGreaterThan(100)
  }, 60_000)
})
