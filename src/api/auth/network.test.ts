import { describe, expect, it } from "vitest"
import { addressOf, networkOf } from "./network.ts"

describe("where a request comes from", () => {
  it("is told in one form", () => {
    const cases: readonly (readonly [ip: string, address: string])[] = [
      ["192.0.2.1", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["2001:DB8:0::1", "2001:db8::1"],
      ["fe80::1%eth0", "fe80::1"],
      ["", "unknown"],
      ["evil.example", "unknown"],
    ]
    for (const [ip, address] of cases) expect(addressOf({ ip }), ip).toBe(address)
    // The cast makes what the socket of a client that left gives.
    expect(addressOf({ ip: undefined as unknown as string })).toBe("unknown")
  })

  it("counts as one for a whole /64 of IPv6", () => {
    const cases: readonly (readonly [address: string, network: string])[] = [
      ["192.0.2.1", "192.0.2.1/32"],
      ["2001:db8::1", "2001:db8::/64"],
      ["2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"],
      ["2001:db8:0:1::1", "2001:db8:0:1::/64"],
      ["unknown", "unknown"],
    ]
    for (const [address, network] of cases) expect(networkOf(address), address).toBe(network)
  })
})
