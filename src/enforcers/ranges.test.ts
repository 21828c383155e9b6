import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Cidr, covers, overlaps, prefix } from "../core/index.ts"
import { type Family, rangesOf } from "./ranges.ts"

// Few enough bits that prefixes nest, touch and meet again.
const cidrs: Readonly<Record<Family, fc.Arbitrary<Cidr>>> = {
  4: fc
    .tuple(fc.constantFrom(1, 26, 28, 30, 31, 32), fc.nat(255))
    .map(([length, last]) => prefix(`203.0.113.${last}/${length}`)),
  6: fc
    .tuple(fc.constantFrom(1, 120, 126, 127, 128), fc.nat(255))
    .map(([length, last]) => prefix(`2001:db8::${last.toString(16)}/${length}`)),
}
const probes: Readonly<Record<Family, readonly Cidr[]>> = {
  4: Array.from({ length: 256 }, (_, last) => prefix(`203.0.113.${last}`)),
  6: Array.from({ length: 256 }, (_, last) => prefix(`2001:db8::${last.toString(16)}`)),
}

describe.each([4, 6] as const)("ranges of IPv%i", (family) => {
  it("hold the same addresses as what was put in, as few prefixes, none inside another", () => {
    fc.assert(
      fc.property(fc.array(cidrs[family], { maxLength: 40 }), (list) => {
        const made = rangesOf(family, list).cidrs()
        for (const probe of probes[family])
          expect(made.some((one) => covers(one, probe))).toBe(list.some((one) => covers(one, probe)))
        for (const one of made) for (const other of made) if (one !== other) expect(overlaps(one, other)).toBe(false)
        expect(made.length).toBeLessThanOrEqual(new Set(list).size)
        expect(rangesOf(family, made).cidrs()).toEqual(made)
      }),
    )
  })

  it("say beforehand how many prefixes one more will make, and are the same one by one", () => {
    fc.assert(
      fc.property(fc.array(cidrs[family], { maxLength: 40 }), (list) => {
        const grown = rangesOf(family, [])
        for (const one of list) {
          const expected = grown.sizeWith(one)
          grown.add(one)
          expect(grown.size).toBe(expected)
          expect(grown.covers(one)).toBe(true)
        }
        expect(grown.cidrs()).toEqual(rangesOf(family, list).cidrs())
        expect(grown.size).toBe(grown.cidrs().length)
      }),
    )
  })

  it("know what they cover and touch", () => {
    fc.assert(
      fc.property(fc.array(cidrs[family], { maxLength: 10 }), cidrs[family], (list, one) => {
        const ranges = rangesOf(family, list)
        const made = ranges.cidrs()
        expect(ranges.touches(one)).toBe(made.some((other) => overlaps(one, other)))
        if (made.some((other) => covers(other, one))) expect(ranges.covers(one)).toBe(true)
        if (!ranges.touches(one)) expect(ranges.covers(one)).toBe(false)
      }),
    )
  })
})

describe("ranges", () => {
  const cases: readonly (readonly [Family, readonly string[], readonly string[]])[] = [
    [4, ["10.0.0.0/32", "10.0.0.1/32"], ["10.0.0.0/31"]],
    [4, ["10.0.0.1/32", "10.0.0.2/32"], ["10.0.0.1/32", "10.0.0.2/32"]],
    [4, ["10.0.0.0/24", "10.0.0.7/32", "10.0.1.0/24"], ["10.0.0.0/23"]],
    [4, ["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/1", "128.0.0.0/1"]],
    [6, ["2001:db8::/33", "2001:db8:8000::/33"], ["2001:db8::/32"]],
    [6, ["::/1", "8000::/1"], ["::/1", "8000::/1"]],
  ]
  it.each(cases)("of IPv%i join %j to %j", (family, list, expected) =>
    expect(rangesOf(family, list.map(prefix)).cidrs()).toEqual(expected),
  )
  it("join in 6 ways", () => expect(cases).toHaveLength(6))
})
