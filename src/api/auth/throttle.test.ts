import { describe, expect, it } from "vitest"
import { createManualClock } from "../../core/index.ts"
import { createThrottle } from "./throttle.ts"

describe("a throttle", () => {
  const create = () => {
    const clock = createManualClock(1_000_000)
    return { clock, throttle: createThrottle(clock, { free: 3, longestWaitMs: 60_000 }) }
  }

  it("lets some failures go, then doubles the wait up to its limit", () => {
    const { clock, throttle } = create()
    const waits: number[] = []
    for (let tries = 0; tries < 12; tries++) {
      throttle.failed("a")
      waits.push(throttle.waitMs("a"))
      clock.advance(throttle.waitMs("a"))
    }
    expect(waits).toEqual([0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
    expect(throttle.waitMs("b")).toBe(0)
  })

  it("ends each wait at its time", () => {
    const { clock, throttle } = create()
    for (let tries = 0; tries < 4; tries++) throttle.failed("a")
    clock.advance(999)
    expect(throttle.waitMs("a")).toBe(1)
    clock.advance(1)
    expect(throttle.waitMs("a")).toBe(0)
  })

  it("forgets failures that lie an hour back, and all of them when told", () => {
    const { clock, throttle } = create()
    for (let tries = 0; tries < 10; tries++) throttle.failed("a")
    clock.advance(3_600_001)
    throttle.failed("a")
    expect(throttle.waitMs("a")).toBe(0)
    for (let tries = 0; tries < 10; tries++) throttle.failed("a")
    throttle.forget("a")
    expect(throttle.waitMs("a")).toBe(0)
  })

  it("takes one failure back after a success, and keeps the others", () => {
    const { throttle } = create()
    for (let tries = 0; tries < 4; tries++) throttle.failed("a")
    throttle.succeeded("a")
    expect(throttle.waitMs("a")).toBe(0)
    throttle.failed("a")
    expect(throttle.waitMs("a")).toBe(1000)
    throttle.succeeded("never failed")
    expect(throttle.waitMs("never failed")).toBe(0)
  })

  it("remembers ten thousand keys, the latest ones", () => {
    const { throttle } = create()
    for (let tries = 0; tries < 5; tries++) {
      throttle.failed("old")
      throttle.failed("new")
    }
    for (let key = 0; key < 9999; key++) throttle.failed(`flood ${key}`)
    expect(throttle.waitMs("old")).toBe(0)
    expect(throttle.waitMs("new")).toBe(2000)
  })
})
