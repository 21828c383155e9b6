import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type AllowlistEntry, type Cidr, overlaps, prefix } from "../../core/index.ts"
import { indexAllowlist } from "../allowlist/index.ts"
import { type Circumstances, defaultLimits, indexPrefixes, refusalAtEnforcement, refusalOf } from "./index.ts"

const entry = (text: string): AllowlistEntry => ({
  id: text,
  prefix: prefix(text),
  comment: "office",
  owner: "user:ada",
  createdAt: 0,
  expiresAt: null,
})
const circumstances: Circumstances = {
  now: 0,
  allowlist: indexAllowlist([entry("198.51.100.0/24"), entry("203.0.113.77"), entry("2001:db8:aaaa::/48")], undefined),
  surroundings: indexPrefixes([
    { prefix: prefix("10.0.0.1"), why: "a gateway of this node" },
    { prefix: prefix("2001:db8::53"), why: "a resolver of this node" },
  ]),
  operators: indexPrefixes([{ prefix: prefix("192.0.2.7") }]),
  recentBlocks: 0,
  protectedNodes: new Set(),
  recentQuarantines: 0,
  limits: defaultLimits,
}
const by = (who: "policy" | "operator", target: string, around = circumstances) =>
  refusalOf({ target: prefix(target), by: who }, around)

describe("the guardrails", () => {
  const friends: readonly (readonly [string, string])[] = [
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["169.254.169.254", "metadata"],
    ["fd00:ec2::254", "metadata"],
    ["169.254.3.4", "link-local"],
    ["fe80::1", "link-local"],
    ["febf::1", "link-local"],
    ["224.0.0.251", "multicast"],
    ["239.255.255.250", "multicast"],
    ["ff02::1", "multicast"],
    ["0.0.0.0", "unspecified"],
    ["::", "unspecified"],
    ["255.255.255.255", "broadcast"],
    ["10.0.0.1", "a gateway of this node"],
    ["2001:db8::53", "a resolver of this node"],
    ["192.0.2.7", "an operator is signed in"],
    ["198.51.100.200", "allowlist (office; user:ada)"],
    ["203.0.113.77", "allowlist"],
    ["2001:db8:aaaa:1::9", "allowlist"],
    // Ranges that hold a friend.
    ["10.0.0.0/24", "10.0.0.1/32, a gateway"],
    ["192.0.2.0/25", "192.0.2.7/32, from where"],
    ["203.0.113.0/24", "203.0.113.77/32 on the allowlist"],
    ["198.51.0.0/16", "198.51.100.0/24 on the allowlist"],
    ["169.254.0.0/16", "169.254"],
    ["2001:db8::/32", "2001:db8::53"],
  ]
  it.each(friends)("never touch %s, whoever asks, when deciding and when enforcing", (target, why) => {
    expect(friends).toHaveLength(27)
    for (const who of ["policy", "operator"] as const) {
      expect(by(who, target)).toMatchObject({ kind: "refused", reason: expect.stringContaining(why) })
      expect(refusalAtEnforcement({ target: prefix(target), by: who }, circumstances)).toBeDefined()
    }
  })

  const strangers = [
    "203.0.113.7",
    "203.0.114.0/24",
    "126.255.255.255",
    "128.0.0.1",
    "2001:db8:bbbb::/48",
    "192.0.2.8",
    "1.1.1.1",
  ]
  it.each(strangers)("let %s be blocked by anybody", (target) => {
    expect(strangers).toHaveLength(7)
    expect(by("policy", target)).toBeUndefined()
    expect(by("operator", target)).toBeUndefined()
  })

  const widths: readonly (readonly [string, boolean, boolean])[] = [
    ["203.0.114.0/24", true, true],
    ["203.0.114.0/23", false, true],
    ["203.1.0.0/16", false, true],
    ["202.0.0.0/15", false, false],
    ["2001:db9::/48", true, true],
    ["2001:db9::/47", false, true],
    ["2001:db9::/32", false, true],
    ["2002:d000::/20", false, false],
  ]
  it.each(widths)("measure %s: a policy may %s, an operator %s", (target, policyMay, operatorMay) => {
    expect(widths).toHaveLength(8)
    expect(by("policy", target) === undefined).toBe(policyMay)
    expect(by("operator", target) === undefined).toBe(operatorMay)
    if (!operatorMay)
      expect(by("operator", target)?.reason).toMatch(/is wider than \/(16|32), the widest prefix that an operator/)
  })

  it("hold what policies block too fast, and leave operators free", () => {
    const busy = { ...circumstances, recentBlocks: 60 }
    expect(by("policy", "203.0.113.7", busy)).toMatchObject({
      kind: "held",
      reason: expect.stringMatching(/too many blocks.*60/),
    })
    expect(by("policy", "203.0.113.7", { ...circumstances, recentBlocks: 59 })).toBeUndefined()
    expect(by("operator", "203.0.113.7", busy)).toBeUndefined()
    expect(refusalAtEnforcement({ target: prefix("203.0.113.7"), by: "policy" }, busy)).toBeUndefined()
  })
})

describe("an index of prefixes", () => {
  const cidr4 = fc
    .tuple(
      fc.constantFrom("10.0.0", "10.0.1", "10.1.0", "11.0.0"),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 6, max: 32 }),
    )
    .map(([net, host, length]): Cidr => prefix(`${net}.${host}/${length}`))
  const cidr6 = fc
    .tuple(
      fc.constantFrom("2001:db8", "2001:db9", "fd00"),
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 14, max: 128 }),
    )
    .map(([net, host, length]): Cidr => prefix(`${net}::${host.toString(16)}/${length}`))
  const cidr = fc.oneof(cidr4, cidr6)

  it("finds an overlap exactly when a search through all of them does", () => {
    let found = 0
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 12 }), cidr, (all, target) => {
        const hit = indexPrefixes(all.map((one) => ({ prefix: one }))).overlapping(target)
        if (hit !== undefined) found++
        expect(hit !== undefined).toBe(all.some((one) => overlaps(one, target)))
        if (hit !== undefined) expect(overlaps(hit.prefix, target)).toBe(true)
      }),
      { numRuns: 1000 },
    )
    expect(found).toBeGreaterThan(100)
  })
})
