import { describe, expect, it } from "vitest"
import { surroundingsOf } from "./surroundings.ts"

describe("what a node needs to stay reachable", () => {
  const files: Readonly<Record<string, string>> = {
    "/proc/net/route": `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth1\t000A000A\t0100000A\t0003\t0\t0\t100\t00FFFFFF\t0\t0\t0
`,
    "/proc/net/ipv6_route": `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80000000000000021122fffe334455 00000400 00000001 00000000 00000003     eth0
20010db8000000000000000000000000 20 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
20010db8000100000000000000000000 30 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000100 00000001 00000000 00000001     eth0
`,
    "/etc/resolv.conf": `# nameserver 9.9.9.9
search example.test
nameserver 192.168.2.53
 nameserver 2001:db8::53
nameserver fe80::1%eth0
nameserver not-an-address
options edns0
`,
  }
  const of = (read: (path: string) => string | undefined, addresses: readonly string[] = []) =>
    surroundingsOf({ addresses: () => addresses, read }).map(({ prefix, why }) => `${prefix} ${why}`)

  it("is its own addresses, its gateways and its resolvers", () => {
    expect(of((path) => files[path], ["192.168.2.10", "::1", "fe80::9%eth0", "2001:db8::10"])).toEqual([
      "192.168.2.10/32 an address of this node",
      "::1/128 an address of this node",
      "fe80::9/128 an address of this node",
      "2001:db8::10/128 an address of this node",
      "192.168.2.1/32 a gateway of this node",
      "10.0.0.1/32 a gateway of this node",
      "fe80::211:22ff:fe33:4455/128 a gateway of this node",
      "2001:db8::1/128 a gateway of this node",
      "192.168.2.53/32 a resolver of this node",
      "2001:db8::53/128 a resolver of this node",
      "fe80::1/128 a resolver of this node",
    ])
  })

  it("is as much as can be read where the files are missing or broken", () => {
    expect(of(() => undefined)).toEqual([])
    expect(of(() => "\u0000\nx\ty\tz\nnameserver")).toEqual([])
  })
})
