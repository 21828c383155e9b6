import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { rateInWords, rateText, rateUnits } from "./rate.ts"

describe("a rate", () => {
  const read = [
    ["100 packets/s", { perSecond: 100, unit: "packets" }, "100 packets/s"],
    ["100packets/s", { perSecond: 100, unit: "packets" }, "100 packets/s"],
    ["20 kbytes/s", { perSecond: 20_000, unit: "bytes" }, "20 kbytes/s"],
    ["1500 bytes/s", { perSecond: 1500, unit: "bytes" }, "1500 bytes/s"],
    ["2000 kbytes/s", { perSecond: 2_000_000, unit: "bytes" }, "2 Mbytes/s"],
    ["1000 Mpackets/s", { perSecond: 1_000_000_000, unit: "packets" }, "1000 Mpackets/s"],
  ] as const
  it.each(read)("is read from %s, and told", (text, rate, told) => {
    expect(read).toHaveLength(6)
    expect(rateText.parse(text)).toEqual(rate)
    expect(rateInWords(rate)).toBe(told)
  })

  const refused = ["", "100", "100 packets", "0 packets/s", "-1 bytes/s", "1.5 kbytes/s", "2000 Mbytes/s", "1 Gbytes/s"]
  it.each(refused)("is not read from %j", (text) => {
    expect(refused).toHaveLength(8)
    expect(rateText.safeParse(text).error?.issues[0]?.message).toContain("write one such as 100 packets/s")
  })

  it("reads what it tells", () => {
    const rate = fc.record({
      perSecond: fc.integer({ min: 1, max: 1_000_000_000 }),
      unit: fc.constantFrom(...rateUnits),
    })
    fc.assert(fc.property(rate, (one) => void expect(rateText.parse(rateInWords(one))).toEqual(one)))
  })
})
