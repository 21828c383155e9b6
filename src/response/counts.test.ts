import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Counts, createCounts } from "./counts.ts"

const windowMs = 1000
const addTo = (counts: Counts, key: string, { id, count }: { id: string; count: number }) => {
  counts.add(key, { id, at: 0 }, { count, windowMs })
  return counts.reached(key, { count, windowMs })
}

describe("a count within a window", () => {
  it("is what a search through everything counted would give, in any order of arrival within the window", () => {
    let reachedOften = 0
    const events = fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 30 }),
        stepMs: fc.integer({ min: 0, max: 600 }),
        backMs: fc.integer({ min: 0, max: 300 }),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(events, fc.integer({ min: 2, max: 5 }), (list, count) => {
        const counts = createCounts()
        const all = new Map<string, number>()
        let now = 10_000
        let newest = 0
        for (const { id, stepMs, backMs } of list) {
          now += stepMs
          const at = now - backMs
          newest = Math.max(newest, at)
          all.set(String(id), at)
          const within = [...all].filter(([, time]) => time > newest - windowMs).map(([other]) => other)
          counts.add("a", { id: String(id), at }, { count, windowMs })
          const reached = counts.reached("a", { count, windowMs })
          if (reached === undefined) expect(within.length).toBeLessThan(count)
          else {
            reachedOften++
            expect(reached.length).toBeGreaterThanOrEqual(count)
            expect(within).toEqual(expect.arrayContaining([...reached]))
          }
        }
      }),
      { numRuns: 500 },
    )
    expect(reachedOften).toBeGreaterThan(100)
  })

  it("is apart for each key, and counts the same thing once", () => {
    const counts = createCounts()
    const one = (key: string, id: string) => addTo(counts, key, { id, count: 2 })
    expect([one("a", "1"), one("b", "2"), one("a", "1"), one("a", "3")]).toEqual([
      undefined,
      undefined,
      undefined,
      ["1", "3"],
    ])
  })

  it("survives a flood of other keys", () => {
    const counts = createCounts(1000)
    const one = (key: string, id: string) => addTo(counts, key, { id, count: 3 })
    one("steady", "1")
    one("steady", "2")
    for (let flood = 0; flood < 50_000; flood++) one(`flood ${flood}`, `f${flood}`)
    expect(one("steady", "3")).toEqual(["1", "2", "3"])
  })
})
