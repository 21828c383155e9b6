import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BlockCountermeasure, type Countermeasure, createManualClock, isActive, prefix } from "../core/index.ts"
import { countermeasureAt } from "../store/testing/samples.ts"
import { createWanted } from "./wanted.ts"

const targets = ["203.0.113.1", "203.0.113.2", "203.0.113.0/24"].map((text) => prefix(text))
const incidents = ["inc_a", "inc_b", null]
const countermeasures = fc
  .record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    place: fc.nat(5),
    incident: fc.nat(2),
    expiresAt: fc.option(fc.integer({ min: 1, max: 100 })),
    endedAt: fc.option(fc.constant(1), { freq: 3 }),
  })
  .map(({ name, place, incident, expiresAt, endedAt }): BlockCountermeasure => {
    const made = countermeasureAt(0, name, { expiresAt, endedAt })
    return {
      ...made,
      target: targets[place % 3] ?? made.target,
      direction: place < 3 ? "inbound" : "outbound",
      reason: { ...made.reason, incident: (incidents[incident] ?? null) as Countermeasure["reason"]["incident"] },
    }
  })

describe("what is wanted", () => {
  it("is what a search through everything stored would find, whatever came in which order", () => {
    const clock = createManualClock(0)
    fc.assert(
      fc.property(fc.array(countermeasures, { maxLength: 30 }), fc.nat(100), (all, now) => {
        clock.set(now)
        const wanted = createWanted(clock)
        const model = new Map<string, Countermeasure>()
        for (const one of all) {
          wanted.take([one])
          model.set(one.id, one)
        }
        const open = [...model.values()].filter(({ endedAt }) => endedAt === null)
        const active = open.filter((one) => isActive(one, now))
        expect(new Set(wanted.active())).toEqual(new Set(active))
        expect(new Set(wanted.overdue())).toEqual(new Set(open.filter((one) => !isActive(one, now))))
        for (const id of incidents.filter((incident) => incident !== null))
          expect(new Set(wanted.activeBecauseOf(id as NonNullable<Countermeasure["reason"]["incident"]>))).toEqual(
            new Set(active.filter(({ reason }) => reason.incident === id)),
          )
        for (const target of targets) {
          const here = active.filter(
            (one) => one.action === "block" && one.target === target && one.direction === "inbound",
          )
          const ends = here.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)
          const found = wanted.activeFor({ target, direction: "inbound", action: "block" })
          expect(found === undefined).toBe(here.length === 0)
          if (found !== undefined) expect(found.expiresAt ?? Number.POSITIVE_INFINITY).toBe(Math.max(...ends))
        }
      }),
      { numRuns: 500 },
    )
  })

  it("tells its listeners of what changes in force, and of nothing else", () => {
    const wanted = createWanted(createManualClock(0))
    const block = countermeasureAt(0, "a")
    let told = 0
    const end = wanted.onChange(() => told++)
    const steps: readonly (readonly [Countermeasure, number])[] = [
      [block, 1],
      [block, 1],
      [{ ...block, severity: "critical" }, 1],
      [{ ...block, expiresAt: 90_000 }, 2],
      [{ ...block, endedAt: 5 }, 3],
      [{ ...block, endedAt: 5 }, 3],
    ]
    for (const [next, expected] of steps) {
      wanted.take([next])
      expect(told).toBe(expected)
    }
    end()
    wanted.take([block])
    expect(told).toBe(3)
  })
})
