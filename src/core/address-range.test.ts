import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { covers, parseAddress } from "./address.ts"
import { parseRange, prefixesOfRange } from "./address-range.ts"

const prefixes = (text: string) => {
  const range = parseRange(text)
  return range && prefixesOfRange(range)
}

describe("a range of addresses", () => {
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["192.0.2.7-192.0.2.7", ["192.0.2.7/32"]],
    ["192.0.2.0 - 192.0.2.255", ["192.0.2.0/24"]],
    ["192.0.2.10-192.0.2.20", ["192.0.2.10/31", "192.0.2.12/30", "192.0.2.16/30", "192.0.2.20/32"]],
    ["0.0.0.0-255.255.255.255", ["0.0.0.0/0"]],
    ["2001:db8::-2001:db8::ffff", ["2001:db8::/112"]],
    ["192.0.2.20-192.0.2.10", undefined],
    ["192.0.2.1-2001:db8::1", undefined],
    ["192.0.2.1-", undefined],
    ["192.0.2.1-20", undefined],
    ["192.0.2.1-192.0.2.2-192.0.2.3", undefined],
    ["office-server", undefined],
  ]
  it.each(cases)("%s", (text, expected) => {
    expect(cases).toHaveLength(11)
    expect(prefixes(text)).toEqual(expected)
  })

  it("is held by its prefixes, and nothing beside it is", () => {
    const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".")
    const number = fc.integer({ min: 1, max: 2 ** 32 - 2 })
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const found = prefixes(`${dotted(from)}-${dotted(to)}`) ?? []
        const isIn = (value: number) => {
          const address = parseAddress(dotted(value))
          return address !== undefined && found.some((outer) => covers(outer, address))
        }
        expect(found.length).toBeLessThanOrEqual(62)
        expect([from - 1, from, Math.floor((from + to) / 2), to, to + 1].map(isIn)).toEqual([
          false,
          true,
          true,
          true,
          false,
        ])
      }),
    )
  })
})
