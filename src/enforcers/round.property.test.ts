import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BlockCountermeasure, covers, createManualClock, prefix, severities } from "../core/index.ts"
import { countermeasureAt } from "../store/testing/samples.ts"
import { isSingle } from "./coverage.ts"
import {
  type Block,
  type Enforcer,
  keyOf,
  kindOf,
  type Observed,
  type Operation,
  type OperationResult,
} from "./enforcer.ts"
import { byRank, performRound } from "./round.ts"

const now = 1_700_000_000_000
const signal = new AbortController().signal
// Neighbours that join, and others that never do.
const targets = fc.oneof(
  fc.nat(255).map((third) => prefix(`10.1.${third}.0/32`)),
  fc.tuple(fc.nat(15), fc.constantFrom(28, 29, 31, 32, 32)).map(([last, length]) => prefix(`10.0.0.${last}/${length}`)),
  fc.tuple(fc.nat(3), fc.constantFrom(127, 128)).map(([last, length]) => prefix(`2001:db8::${last}/${length}`)),
)
const rates = [undefined, undefined, { perSecond: 5, unit: "packets" }] as const
const wish = fc.record({
  target: targets,
  direction: fc.constantFrom("inbound", "outbound"),
  rate: fc.constantFrom(...rates),
  severity: fc.constantFrom(...severities),
  createdAt: fc.integer({ min: 1, max: 9 }).map((seconds) => now - seconds * 1000),
  expiresAt: fc.option(fc.integer({ min: 1, max: 9 }).map((seconds) => now + seconds * 60_000)),
})
const wishes = fc.array(wish, { maxLength: 40, size: "max" }).map((list) =>
  list.map(
    ({ rate, ...one }, index): BlockCountermeasure => ({
      ...countermeasureAt(now, String(index), { ...one, enforcers: ["model"] }),
      ...(rate === undefined ? {} : { action: "limit" as const, rate }),
    }),
  ),
)
const rounds = fc.record({
  first: wishes,
  second: wishes,
  room: fc.integer({ min: 1, max: 4 }),
  // What the target can't take, for whatever reason.
  broken: fc.array(targets, { maxLength: 2 }),
})
const foreign: Block = { target: prefix("192.0.2.0/24"), direction: "inbound", expiresAt: null }

/** A target as strict as nftables: intervals never overlap, sets have a size, some entries it refuses; and someone else's entry beside ours. */
function modelTarget(room: number, broken: readonly string[]) {
  const held = new Map<string, Block>()
  let [operations, writesForeign] = [0, false]
  const poolOf = (block: Omit<Block, "expiresAt">) => ({
    name: `${kindOf(block)}${block.target.includes(":") ? 6 : 4}${isSingle(block) ? "" : "_prefixes"}`,
    size: room,
  })
  const refusal = (block: Block): string | undefined => {
    if (broken.includes(block.target)) return "broken"
    const others = [...held.values()].filter(
      (one) => poolOf(one).name === poolOf(block).name && one.target !== block.target,
    )
    if (others.length >= room) return "full"
    const overlaps = others.some((one) => covers(one.target, block.target) || covers(block.target, one.target))
    return overlaps && !isSingle(block) ? "overlaps" : undefined
  }
  const apply = ({ kind, block }: Operation): OperationResult => {
    operations++
    writesForeign ||= covers(foreign.target, block.target)
    if (kind === "remove") return { kind: held.delete(keyOf(block)) ? "applied" : "already" }
    const reason = refusal(block)
    if (reason !== undefined) return { kind: "failed", reason }
    held.set(keyOf(block), block)
    return { kind: "applied" }
  }
  const enforcer: Enforcer = {
    ...{ id: "model", summary: "", timeouts: "in-target", toleranceMs: 0, does: ["block", "limit"], poolOf },
    observe: async () => [...held.values()],
    apply: async (all) => all.map(apply),
    ...{ teardown: async () => undefined, close: async () => undefined },
  }
  return { enforcer, held, operations: () => operations, writesForeign: () => writesForeign }
}

const observed = (held: ReadonlyMap<string, Observed>) => new Map(held)
const covered = (held: ReadonlyMap<string, Block>, one: BlockCountermeasure) =>
  [...held.values()].some((block) => kindOf(block) === kindOf(one) && covers(block.target, one.target))

describe("a round", () => {
  it("brings a target from anywhere to what is wanted, by rank as far as there is room, and changes nothing the next time", async () => {
    let [filled, failures] = [0, 0]
    await fc.assert(
      fc.asyncProperty(rounds, async ({ first, second, room, broken }) => {
        const target = modelTarget(room, broken)
        const deps = {
          enforcer: target.enforcer,
          clock: createManualClock(now),
          refusalNow: async () => undefined,
          signal,
        }
        await performRound(first, new Map(), deps)
        const { verdicts } = await performRound(second, observed(target.held), deps)
        // What failed may have hidden what the next round brings.
        await performRound(second, observed(target.held), deps)
        const settled = target.operations()

        expect(target.writesForeign()).toBe(false)
        const pools = Map.groupBy(target.held.values(), (block) => target.enforcer.poolOf?.(block).name)
        for (const [, blocks] of pools) expect(blocks.length).toBeLessThanOrEqual(room)
        for (const block of target.held.values())
          expect(second.some((one) => kindOf(one) === kindOf(block) && covers(block.target, one.target))).toBe(true)

        for (const [one, { state }] of verdicts) if (state === "applied") expect(covered(target.held, one)).toBe(true)
        const out = second.filter((one) => !covered(target.held, one))
        for (const one of out) {
          if (broken.includes(one.target)) {
            failures++
            continue
          }
          filled++
          // Nothing that ranks lower stands by itself in its place.
          const pool = target.enforcer.poolOf?.(one).name
          const lower = second.filter(
            (other) =>
              target.held.has(keyOf(other)) &&
              target.enforcer.poolOf?.(other).name === pool &&
              byRank(one, other) < 0 &&
              second.every((same) => keyOf(same) !== keyOf(other) || byRank(one, same) < 0),
          )
          expect(lower.map(keyOf)).toEqual([])
        }

        await performRound(second, observed(target.held), deps)
        const again = target.operations() - settled
        // What the target refuses is tried again, and only that.
        if (broken.length === 0) expect(again).toBe(0)
      }),
      { numRuns: 400 },
    )
    expect(filled).toBeGreaterThan(100)
    expect(failures).toBeGreaterThan(0)
  })

  it("joins neighbours before it leaves anything out", async () => {
    const target = modelTarget(4, [])
    const deps = { enforcer: target.enforcer, clock: createManualClock(now), refusalNow: async () => undefined, signal }
    const all = Array.from({ length: 16 }, (_, last) =>
      countermeasureAt(now, String(last), { target: prefix(`10.0.0.${last}`), enforcers: ["model"] }),
    )
    const { verdicts } = await performRound(all, new Map(), deps)
    expect([...target.held.keys()]).toEqual(["inbound 10.0.0.0/28"])
    expect([...verdicts.values()].map(({ state }) => state)).toEqual(all.map(() => "applied"))
    await performRound(all.slice(0, 4), observed(target.held), deps)
    expect([...target.held.keys()]).toEqual([0, 1, 2, 3].map((last) => `inbound 10.0.0.${last}/32`))
  })
})
