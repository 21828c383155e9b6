import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { covers, prefix } from "../core/index.ts"
import { aggregate } from "./aggregate.ts"
import { type Block, keyOf } from "./enforcer.ts"
import { merge } from "./planner.ts"

const now = 1_700_000_000_000
// A few neighbours in one /28 and one /124, so that many of them meet.
const block: fc.Arbitrary<Block> = fc.record({
  target: fc.oneof(
    fc.tuple(fc.nat(15), fc.constantFrom(28, 30, 31, 32)).map(([last, length]) => prefix(`10.0.0.${last}/${length}`)),
    fc
      .tuple(fc.nat(15), fc.constantFrom(126, 127, 128))
      .map(([last, length]) => prefix(`2001:db8::${last.toString(16)}/${length}`)),
  ),
  direction: fc.constantFrom("inbound", "outbound"),
  expiresAt: fc.oneof(
    fc.constant(null),
    fc.integer({ min: 1, max: 5 }).map((seconds) => now + seconds * 1000),
  ),
})
const desired = fc.array(block, { maxLength: 30 }).map((list) =>
  merge(
    list.map((one) => [keyOf(one), one]),
    now,
  ),
)
const probes = ["10.0.0.", "2001:db8::"].flatMap((start) =>
  Array.from({ length: 17 }, (_, last) => prefix(`${start}${start.includes(":") ? last.toString(16) : last}`)),
)
const none = new Set<string>()

describe("what is joined for want of room", () => {
  it("holds back the same addresses as before, none longer than somebody wants, and no prefix lies in another", () => {
    fc.assert(
      fc.property(desired, (before) => {
        const after = [...aggregate(before, none).values()]
        expect(after.length).toBeLessThanOrEqual(before.size)
        for (const probe of probes)
          for (const direction of ["inbound", "outbound"] as const) {
            const until = (blocks: readonly Block[]) =>
              blocks
                .filter((one) => one.direction === direction && covers(one.target, probe))
                .map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)
            const [wanted, held] = [until([...before.values()]), until(after)]
            expect(held.length > 0).toBe(wanted.length > 0)
            expect(Math.max(0, ...held)).toBeLessThanOrEqual(Math.max(0, ...wanted))
          }
        expect(
          merge(
            after.map((one) => [keyOf(one), one]),
            now,
          ).size,
        ).toBe(after.length)
      }),
    )
  })

  it("leaves nothing to join, in any order, and joins nothing to what shall be avoided", () => {
    fc.assert(
      fc.property(desired, (before) => {
        const after = aggregate(before, none)
        expect([...aggregate(after, none).keys()]).toEqual([...after.keys()])
        const made = new Set([...after.keys()].filter((key) => !before.has(key)))
        for (const key of aggregate(before, made).keys()) expect(made.has(key)).toBe(false)
      }),
    )
  })

  it("stands where the higher ranking of the two stood, and of another kind is nothing joined", () => {
    const of = (target: string, more: Partial<Block> = {}): readonly [string, Block] => {
      const one: Block = { target: prefix(target), direction: "inbound", expiresAt: null, ...more }
      return [keyOf(one), one]
    }
    const limit = { action: "limit", rate: { perSecond: 5, unit: "packets" } } as const
    const all = new Map([
      of("198.51.100.7"),
      of("203.0.113.2"),
      of("198.51.100.9"),
      of("203.0.113.3"),
      of("203.0.113.8"),
      of("203.0.113.9", limit),
      of("203.0.113.0", { expiresAt: now + 5 }),
      of("203.0.113.1"),
    ])
    expect([...aggregate(all, none).values()].map(({ target, expiresAt }) => [target, expiresAt])).toEqual([
      ["198.51.100.7/32", null],
      ["203.0.113.0/30", now + 5],
      ["198.51.100.9/32", null],
      ["203.0.113.8/32", null],
      ["203.0.113.9/32", null],
    ])
  })
})
