import { describe, expect, it } from "vitest"
import { createManualClock } from "../core/index.ts"
import { createBuckets } from "./rate-limit.ts"
import { createHarness, host } from "./testing/harness.ts"

describe("the rate of requests", () => {
  it("may burst, then is so many a second for each", () => {
    const clock = createManualClock(0)
    const bucket = createBuckets(clock)
    for (let asked = 0; asked < 2000; asked++) expect(bucket("a")).toBe(0)
    expect(bucket("a")).toBe(5)
    expect(bucket("b")).toBe(0)
    clock.advance(5)
    expect([bucket("a"), bucket("a")]).toEqual([0, 5])
    clock.advance(1000)
    const passed = Array.from({ length: 300 }, () => bucket("a")).filter((waitMs) => waitMs === 0)
    expect(passed).toHaveLength(200)
    clock.advance(3_600_000)
    expect(Array.from({ length: 3000 }, () => bucket("a")).filter((waitMs) => waitMs === 0)).toHaveLength(2000)
  })

  it("is remembered of ten thousand at most, those seen last", () => {
    const bucket = createBuckets(createManualClock(0))
    for (let asked = 0; asked < 2000; asked++) {
      bucket("old")
      bucket("new")
    }
    bucket("old")
    bucket("new")
    for (let key = 0; key < 9999; key++) bucket(`flood ${key}`)
    expect([bucket("new") > 0, bucket("old")]).toEqual([true, 0])
  })

  it("that is too high is answered with 429 and when to come back", async () => {
    const harness = await createHarness()
    const ask = (remoteAddress: string) =>
      harness.app.inject({ url: "/api/v1/session", headers: { host }, remoteAddress })
    for (let asked = 0; asked < 2000; asked++) expect((await ask("2001:db8::1")).statusCode).toBe(401)
    const slowed = await ask("2001:db8::2")
    expect([slowed.statusCode, slowed.headers["retry-after"], slowed.json().error.code]).toEqual([
      429,
      "1",
      "THROTTLED",
    ])
    expect((await ask("192.0.2.1")).statusCode).toBe(401)
    harness.clock.advance(1000)
    expect((await ask("2001:db8::2")).statusCode).toBe(401)
    await harness.close()
  })
})
