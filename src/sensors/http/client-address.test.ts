import { describe, expect, it } from "vitest"
import { prefix } from "../../core/index.ts"
import { clientAddressOf } from "./client-address.ts"

const options = {
  trustedProxies: [prefix("10.0.0.0/8"), prefix("2001:db8:ffff::/48")],
  clientAddressHeader: "x-forwarded-for",
}

describe("the client's address", () => {
  const cases: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
    ["is the peer's without a header", "203.0.113.1", undefined, "203.0.113.1"],
    ["is the peer's when the peer is no proxy of ours", "203.0.113.1", "198.51.100.1", "203.0.113.1"],
    ["is the one that our proxy tells", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["is the rightmost that is not ours", "10.0.0.1", "192.0.2.9, 198.51.100.1, 10.2.3.4", "198.51.100.1"],
    ["is not what the client itself put in front", "10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"],
    ["is the leftmost when all are ours", "10.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"],
    ["is the proxy's when the header is malformed", "10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"],
    ["is the proxy's when the header is empty", "10.0.0.1", "", "10.0.0.1"],
    ["is found with a port", "10.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
    ["is found in brackets with a port", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
    ["is found behind a proxy on IPv6", "2001:db8:ffff::7", "2001:DB8::1", "2001:db8::1"],
    ["is found when the peer is IPv4 written as IPv6", "::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["is not looked for beyond 32 hops", "10.0.0.1", `198.51.100.1${", 10.0.0.2".repeat(40)}`, "10.0.0.2"],
    ["is not taken from octal or short forms", "10.0.0.1", "0306.1", "10.0.0.1"],
    ["is unknown when the peer's is", "", "198.51.100.1", undefined],
  ]
  it("is told in 15 cases", () => expect(cases).toHaveLength(15))
  it.each(cases)("%s", (_, peer, header, expected) => {
    expect(clientAddressOf(peer, header, options)).toBe(expected)
  })
})
