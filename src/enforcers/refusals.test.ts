import { describe, expect, it } from "vitest"
import { createRefusals } from "./refusals.ts"

const seen = (packets: number | undefined) =>
  new Map(
    packets === undefined ? [] : [["inbound 203.0.113.7/32", { refused: { packets, bytes: packets * 100 } }] as const],
  )

describe("what a target refused", () => {
  const courses: readonly (readonly [what: string, seen: readonly (number | undefined)[], told: readonly number[]])[] =
    [
      ["grows", [0, 3, 10], [0, 3, 10]],
      ["goes on when the entry was made anew", [10, 4, 6], [10, 14, 16]],
      ["goes on when the entry was away for a moment", [10, undefined, 2], [10, 10, 12]],
      ["is forgotten with the entry", [10, undefined, undefined, 2], [10, 10, Number.NaN, 2]],
    ]
  it.each(courses)("%s", (_, looks, told) => {
    expect(courses).toHaveLength(4)
    const refusals = createRefusals()
    const packets = looks.map((look) => {
      refusals.saw(seen(look))
      return refusals.of("inbound 203.0.113.7/32")?.packets ?? Number.NaN
    })
    expect(packets).toEqual(told)
  })

  it("is not known where a target does not count", () => {
    const refusals = createRefusals()
    refusals.saw(new Map([["inbound 203.0.113.7/32", {}]]))
    expect(refusals.of("inbound 203.0.113.7/32")).toBeUndefined()
  })
})
