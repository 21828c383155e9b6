import { describe, expect, it } from "vitest"
import { duration, durationInWords, roughDuration } from "./duration.ts"

describe("a duration", () => {
  const read = [
    ["30s", 30_000],
    ["30 s", 30_000],
    ["90sec", 90_000],
    ["1 second", 1000],
    ["10m", 600_000],
    ["10 min", 600_000],
    ["10 minutes", 600_000],
    ["1h", 3_600_000],
    ["2 hours", 7_200_000],
    ["7d", 604_800_000],
    ["1 day", 86_400_000],
  ] as const
  it.each(read)("is read from %s", (text, ms) => {
    expect(read).toHaveLength(11)
    expect(duration.parse(text)).toBe(ms)
  })

  const refused = ["", "10", "h", "1.5h", "-1h", "1 week", "1h30m", "10ms", "1 hh", "9999999999s"]
  it.each(refused)("is not read from %j", (text) => {
    expect(refused).toHaveLength(10)
    expect(duration.safeParse(text).success).toBe(false)
  })

  it("is told in the largest unit that is whole", () => {
    expect([1000, 90_000, 3_600_000, 5_400_000, 172_800_000, 1500].map(durationInWords)).toEqual([
      "1 second",
      "90 seconds",
      "1 hour",
      "90 minutes",
      "2 days",
      "1.5 seconds",
    ])
  })

  it("is told roughly, and never as longer than it was", () => {
    expect([0, 999, 1000, 59_999, 119_999, 120_000, 7_199_999, 7_200_000, 200_000_000].map(roughDuration)).toEqual([
      "less than a second",
      "less than a second",
      "1 second",
      "59 seconds",
      "119 seconds",
      "2 minutes",
      "119 minutes",
      "2 hours",
      "2 days",
    ])
  })
})
