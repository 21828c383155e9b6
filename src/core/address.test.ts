import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { address, covers, overlaps, parseAddress, parseCidr, prefix } from "./address.ts"

describe("an address", () => {
  const canonical: readonly (readonly [string, string | undefined])[] = [
    ["203.0.113.66", "203.0.113.66"],
    ["0.0.0.0", "0.0.0.0"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["127.1", undefined],
    ["0177.0.0.1", undefined],
    ["0x7f.0.0.1", undefined],
    ["2130706433", undefined],
    ["256.1.1.1", undefined],
    ["1.2.3.4:80", undefined],
    ["fe80::1%eth0", undefined],
    ["", undefined],
    ["1.2.3.4 ", undefined],
    ["example.com", undefined],
    ["::1::", undefined],
  ]
  it("has one canonical form, and nothing else is one", () => {
    expect(canonical).toHaveLength(17)
    for (const [text, expected] of canonical) expect(parseAddress(text), text).toBe(expected)
  })

  it("names itself when it is refused", () => {
    expect(() => address("10.0.0.300")).toThrow(/"10\.0\.0\.300" is not an IP address/)
  })
})

describe("a prefix", () => {
  const canonical: readonly (readonly [string, string | undefined])[] = [
    ["203.0.113.66", "203.0.113.66/32"],
    ["203.0.113.66/24", "203.0.113.0/24"],
    ["203.0.113.255/25", "203.0.113.128/25"],
    ["10.0.0.0/0", "0.0.0.0/0"],
    ["2001:db8::1", "2001:db8::1/128"],
    ["2001:db8:ffff::/33", "2001:db8:8000::/33"],
    ["::ffff:192.0.2.77/120", "192.0.2.0/24"],
    ["::ffff:0:0/90", undefined],
    ["1.2.3.4/33", undefined],
    ["1.2.3.4/08", undefined],
    ["1.2.3.4/-1", undefined],
    ["1.2.3.4/", undefined],
    ["1.2.3.4/24/24", undefined],
    ["10/8", undefined],
  ]
  it("has one canonical form with its host bits zero", () => {
    expect(canonical).toHaveLength(14)
    for (const [text, expected] of canonical) expect(parseCidr(text), text).toBe(expected)
  })

  it("covers what lies wholly inside it", () => {
    expect(covers(prefix("10.0.0.0/8"), address("10.255.0.1"))).toBe(true)
    expect(covers(prefix("10.0.0.0/8"), prefix("10.1.0.0/16"))).toBe(true)
    expect(covers(prefix("10.1.0.0/16"), prefix("10.0.0.0/8"))).toBe(false)
    expect(covers(prefix("0.0.0.0/0"), address("::1"))).toBe(false)
    expect(overlaps(prefix("10.1.0.0/16"), prefix("10.0.0.0/8"))).toBe(true)
    expect(overlaps(prefix("10.1.0.0/16"), prefix("10.2.0.0/16"))).toBe(false)
  })

  it("covers every address that was cut down to it", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (ip, length) => {
        const cut = prefix(`${ip}/${length}`)
        expect(covers(cut, address(ip))).toBe(true)
        expect(parseCidr(cut)).toBe(cut)
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 96, max: 128 }), (ip, length) => {
        expect(covers(prefix(`${ip}/${length}`), address(ip))).toBe(true)
      }),
    )
  })
})
