import { describe, expect, it } from "vitest"
import { createManualClock } from "./clock.ts"
import { alertId, createIds } from "./ids.ts"

describe("ids", () => {
  it("sort by the time they were made", () => {
    const clock = createManualClock(1_700_000_000_000)
    const ids = createIds(clock)
    const made = Array.from({ length: 1000 }, () => {
      clock.advance(1)
      return ids.alert()
    })
    expect([...made].sort()).toEqual(made)
  })

  it("never repeat, even within a millisecond", () => {
    const ids = createIds(createManualClock(0))
    expect(new Set(Array.from({ length: 100_000 }, () => ids.alert())).size).toBe(100_000)
  })

  it("are what their schema asks for", () => {
    const id = createIds(createManualClock(Date.UTC(2026, 0, 1))).alert()
    expect(alertId.parse(id)).toBe(id)
    expect(id).toHaveLength("alr_".length + 26)
  })
})
