import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Cidr, covers, prefix } from "../../core/index.ts"
import { rangesOf } from "../ranges.ts"
import { planSets, type SetContent, type SetPlan } from "./planner.ts"

const cidr = fc
  .tuple(fc.constantFrom(28, 30, 31, 32, 32, 32), fc.nat(63))
  .map(([length, last]) => prefix(`203.0.113.${last}/${length}`))
const joined = fc.array(cidr, { maxLength: 24 }).map((list) => rangesOf(4, list).cidrs())
const size = 6
const maxSets = 5
/** Sets as an earlier plan left them, or as somebody's hands did. */
const sets = fc
  .array(fc.array(cidr, { maxLength: size }), { maxLength: maxSets })
  .map((lists) => lists.map((addresses, at) => ({ index: at + 1, addresses: [...new Set(addresses)] })))

const probes = Array.from({ length: 64 }, (_, last) => prefix(`203.0.113.${last}`))
const heldBy = (contents: Iterable<readonly Cidr[]>) => {
  const all = [...contents].flat()
  return probes.filter((probe) => all.some((one) => covers(one, probe)))
}

/** The states that the sets go through; what was created counts from where the rules are written on. */
function statesOf(before: readonly SetContent[], plan: SetPlan): readonly ReadonlyMap<number, readonly Cidr[]>[] {
  const held = new Map(before.map(({ index, addresses }) => [index, addresses]))
  const states = [new Map(held)]
  for (const { index, addresses } of plan.write) states.push(new Map(held.set(index, addresses)))
  for (const { index, addresses } of plan.create) held.set(index, addresses)
  for (const index of plan.surplus) held.delete(index)
  states.push(new Map(held))
  for (const { index, addresses } of plan.rewrite) states.push(new Map(held.set(index, addresses)))
  return states
}

describe("a plan for IP sets", () => {
  it("leads to exactly what is wanted, within the room there is, and a second one is empty", () => {
    fc.assert(
      fc.property(joined, sets, (wanted, before) => {
        const plan = planSets({ family: 4, wanted, sets: before, size, maxSets })
        const after = statesOf(before, plan).at(-1) ?? new Map()
        expect(plan.left).toEqual([])
        expect([...after.values()].flat().sort()).toEqual([...wanted].sort())
        for (const [index, addresses] of after) {
          expect(addresses.length).toBeLessThanOrEqual(size)
          expect(index).toBeLessThanOrEqual(maxSets)
        }
        expect(after.has(1)).toBe(true)
        const again = [...after].map(([index, addresses]) => ({ index, addresses }))
        expect(planSets({ family: 4, wanted, sets: again, size, maxSets })).toEqual({
          create: [],
          write: [],
          rewrite: [],
          surplus: [],
          left: [],
        })
      }),
      { numRuns: 500 },
    )
  })

  it("never opens in between what was in force and stays wanted", () => {
    fc.assert(
      fc.property(joined, joined, (earlier, wanted) => {
        // Room enough for what moves to be in two sets at once.
        const first = planSets({ family: 4, wanted: earlier, sets: [], size, maxSets })
        const before = [...(statesOf([], first).at(-1) ?? [])].map(([index, addresses]) => ({ index, addresses }))
        fc.pre(before.every(({ addresses }) => addresses.length <= size / 2) || before.length === 1)
        const states = statesOf(before, planSets({ family: 4, wanted, sets: before, size, maxSets }))
        const to = new Set(heldBy(states.at(-1)?.values() ?? []))
        const staying = heldBy(states[0]?.values() ?? []).filter((probe) => to.has(probe))
        for (const state of states) {
          const held = new Set(heldBy(state.values()))
          expect(staying.filter((probe) => !held.has(probe))).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  it("writes nothing that stays as it is, and one set for one more address", () => {
    const full = Array.from({ length: size }, (_, at) => prefix(`10.0.${2 * at}.0/32`))
    const before = [
      { index: 1, addresses: full },
      { index: 2, addresses: [prefix("10.1.0.0/32")] },
    ]
    const wanted = [...full, prefix("10.1.0.0/32"), prefix("10.2.0.0/32")]
    expect(planSets({ family: 4, wanted, sets: before, size, maxSets })).toEqual({
      create: [],
      write: [{ index: 2, addresses: [prefix("10.1.0.0/32"), prefix("10.2.0.0/32")] }],
      rewrite: [],
      surplus: [],
      left: [],
    })
  })

  it("says what found no room", () => {
    const wanted = Array.from({ length: 2 * size + 3 }, (_, at) => prefix(`10.0.${2 * at}.0/32`))
    const plan = planSets({ family: 4, wanted, sets: [], size, maxSets: 2 })
    expect(plan.create.map(({ addresses }) => addresses.length)).toEqual([size, size])
    expect(plan.left).toEqual(wanted.slice(2 * size))
  })
})
