import { describe, expect, it } from "vitest"
import { has } from "../support/requirements.ts"
import { fuzz } from "./fuzz.ts"

describe.runIf(has("fuzzing with the Core Rule Set", "data"))("mutated requests", () => {
  it("are looked at to their end, each within 50 ms, in bounded memory", () => {
    const { runs, alerts, slow, failures, growthMegabytes } = fuzz({ runs: 5000, seed: 20_261_121, level: 4 })
    expect(slow).toEqual([])
    expect([...failures]).toEqual([])
    expect(growthMegabytes).toBeLessThan(50)
    expect(runs).toBe(5000)
    expect(alerts).toBeGreaterThan(2000)
  }, 120_000)
})
