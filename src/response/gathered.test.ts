import { describe, expect, it } from "vitest"
import { createGathered } from "./gathered.ts"
import { createSerial } from "./serial.ts"

describe("what is gathered", () => {
  it("runs in one go with what came while it waited, in order, and no more than 256 at once", async () => {
    const serially = createSerial()
    const runs: (readonly number[])[] = []
    const add = createGathered<number>(serially, async (items) => void runs.push(items))
    await Promise.all([
      serially(async () => undefined),
      ...Array.from({ length: 300 }, (_, index) => add(index)),
      serially(async () => void runs.push([])),
      add(300),
    ])
    await add(301)
    expect(runs.map((items) => items.length)).toEqual([256, 45, 0, 1])
    expect(runs.flat()).toEqual(Array.from({ length: 302 }, (_, index) => index))
  })

  it("fails for all that it was run for, and for nobody else", async () => {
    let broken = true
    const add = createGathered<number>(createSerial(), () =>
      broken ? Promise.reject(new Error("disk full")) : Promise.resolve(),
    )
    const failed = await Promise.allSettled([add(1), add(2)])
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"])
    broken = false
    await add(3)
  })
})
