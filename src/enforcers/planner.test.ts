import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Cidr, covers, prefix } from "../core/index.ts"
import { isSingle } from "./coverage.ts"
import { type Block, keyOf, kindOf, type Observed, type Operation } from "./enforcer.ts"
import { endsLater, merge, plan, sameEnd } from "./planner.ts"

const reduce = (list: readonly Block[], at: number) => [
  ...merge(
    list.map((one) => [keyOf(one), one]),
    at,
  ).values(),
]
const now = 1_700_000_000_000
const toleranceMs = 2500

// Few enough bits that prefixes nest, touch and meet again.
const target: fc.Arbitrary<Cidr> = fc.oneof(
  fc
    .tuple(fc.constantFrom(8, 9, 16, 24, 31, 32), fc.nat(3), fc.nat(1), fc.nat(3))
    .map(([length, second, third, last]) => prefix(`10.${second * 64}.${third}.${last}/${length}`)),
  fc
    .tuple(fc.constantFrom(32, 48, 127, 128), fc.nat(1), fc.nat(3))
    .map(([length, group, last]) => prefix(`2001:db8:${group}::${last}/${length}`)),
)
const block: fc.Arbitrary<Block> = fc
  .record({
    target,
    direction: fc.constantFrom("inbound", "outbound"),
    expiresAt: fc.oneof(
      fc.constant(null),
      fc.integer({ min: -10, max: 60 }).map((seconds) => now + seconds * 1000),
    ),
    rate: fc.option(fc.record({ perSecond: fc.constantFrom(5, 50), unit: fc.constantFrom("packets", "bytes") }), {
      nil: undefined,
      freq: 2,
    }),
  })
  .map(({ rate, ...rest }) => (rate === undefined ? rest : { ...rest, action: "limit", rate }))
const blocks = fc.array(block, { maxLength: 30 })
// A target holds an entry once, and no prefix inside another.
const observed = blocks.map((list) => reduce(list, now - 20_000))

function applied(operations: readonly Operation[], before: readonly Observed[]): readonly Observed[] {
  const held = new Map(before.map((one) => [keyOf(one), one]))
  for (const operation of operations) {
    const key = keyOf(operation.block)
    if (operation.kind === "add") expect(held.has(key)).toBe(false)
    else expect(held.has(key)).toBe(true)
    if (operation.kind === "remove") held.delete(key)
    else held.set(key, operation.block)
    const prefixes = [...held.values()].filter((one) => !isSingle(one))
    // What sets of intervals refuse must never come up, not even between two operations.
    if (operation.kind === "add" && !isSingle(operation.block))
      expect(
        prefixes.filter(
          (one) =>
            kindOf(one) === kindOf(operation.block) &&
            one.target !== operation.block.target &&
            (covers(one.target, operation.block.target) || covers(operation.block.target, one.target)),
        ),
      ).toEqual([])
  }
  return [...held.values()]
}

const byKey = (list: readonly Block[]) => list.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))

describe("a plan", () => {
  it("leads to exactly what is desired, and a second one is empty", () => {
    fc.assert(
      fc.property(blocks, observed, (desired, before) => {
        const after = applied(plan({ desired, observed: before, now, toleranceMs }), before)
        const wanted = byKey(reduce(desired, now))
        expect(byKey(after).map(keyOf)).toEqual(wanted.map(keyOf))
        for (const [index, one] of byKey(after).entries())
          expect(sameEnd(one.expiresAt, wanted[index]?.expiresAt ?? null, toleranceMs)).toBe(true)
        expect(plan({ desired, observed: after, now, toleranceMs })).toEqual([])
      }),
    )
  })

  it("removes only what is there, and touches nothing twice", () => {
    fc.assert(
      fc.property(blocks, observed, (desired, before) => {
        const operations = plan({ desired, observed: before, now, toleranceMs })
        const keys = operations.map((operation) => keyOf(operation.block))
        expect(new Set(keys).size).toBe(keys.length)
        const there = new Set(before.map(keyOf))
        for (const { kind, block: one } of operations) expect(there.has(keyOf(one))).toBe(kind !== "add")
      }),
    )
  })

  it("holds back every address that someone wants held back, and no other", () => {
    const probe = fc.record({
      address: target.filter((one) => isSingle({ target: one })),
      direction: fc.constantFrom("inbound", "outbound"),
    })
    fc.assert(
      fc.property(blocks, probe, (desired, { address, direction }) => {
        const holds = (list: readonly Block[]) =>
          list.some((one) => kindOf(one) === direction && covers(one.target, address))
        const alive = desired.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
        expect(holds(reduce(desired, now))).toBe(holds(alive))
      }),
    )
  })

  it("keeps the order in which blocks are wanted", () => {
    const desired = ["203.0.113.9", "198.51.100.0/24", "203.0.113.1"].map(
      (text) => ({ target: prefix(text), direction: "inbound", expiresAt: null }) as const,
    )
    expect(plan({ desired, observed: [], now, toleranceMs }).map((operation) => operation.block.target)).toEqual(
      desired.map((one) => one.target),
    )
  })

  const ends = [
    [now + 1000, now + 2000, now + 2000],
    [now + 2000, now + 1000, now + 2000],
    [now + 2000, null, null],
    [null, now + 2000, null],
    [now - 1, now + 1000, now + 1000],
    [now, null, null],
  ] as const
  it("merges two wishes for one target into the later end; null is never", () => {
    expect(ends).toHaveLength(6)
    for (const [one, other, merged] of ends) {
      const wish = (expiresAt: number | null): Block => ({
        target: prefix("203.0.113.7"),
        direction: "inbound",
        expiresAt,
      })
      expect(reduce([wish(one), wish(other)], now)).toEqual([wish(merged)])
    }
  })

  it("changes an end only when it is off by more than the tolerance", () => {
    const at = (expiresAt: number | null): Block => ({ target: prefix("203.0.113.7"), direction: "inbound", expiresAt })
    const kindsOf = (desired: Block, there: Block) =>
      plan({ desired: [desired], observed: [there], now, toleranceMs }).map(({ kind }) => kind)
    expect(kindsOf(at(now + 10_000), at(now + 10_000 + toleranceMs))).toEqual([])
    expect(kindsOf(at(now + 10_000), at(now + 10_001 + toleranceMs))).toEqual(["extend"])
    expect(kindsOf(at(null), at(now + 10_000))).toEqual(["extend"])
    expect(kindsOf(at(now + 10_000), at(null))).toEqual(["extend"])
    expect(kindsOf(at(null), at(null))).toEqual([])
  })

  it("leaves a prefix out as long as a wider one holds it, and keeps single addresses", () => {
    const list = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "11.0.0.0/16"].map(
      (text) => ({ target: prefix(text), direction: "inbound", expiresAt: null }) as const,
    )
    expect(reduce(list, now).map((one) => one.target)).toEqual(["10.0.0.0/8", "10.1.2.3/32", "11.0.0.0/16"])
    expect(endsLater(null, 5)).toBe(true)
    expect(endsLater(5, null)).toBe(false)
  })
})
