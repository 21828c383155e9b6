import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import {
  type Alert,
  address,
  holdsBack,
  type NetworkPolicy,
  nodeId,
  policyId,
  prefix,
  type Stage,
} from "../core/index.ts"
import { incidentAt } from "../store/testing/samples.ts"
import { placeInWords } from "./place.ts"
import { policySentence } from "./sentence.ts"
import { ada, createHouse, type House, onAlerts, policyOf, startedAt } from "./testing/house.ts"

const stage: Stage = {
  ...{ index: 0, name: "s", intent: "delivery", tactic: null, technique: null },
  ...{ firstAt: startedAt, lastAt: startedAt, count: 1, alerts: [], because: "b" },
}
const packets = { perSecond: 100, unit: "packets" } as const
let house: House
beforeEach(async () => {
  house = await createHouse({ tagsOf: ({ id }) => (id === "web-1" ? ["production", "shop"] : []) })
  await only()
})
afterEach(() => house.store.close())

let next = 0
const seen = (overrides: Parameters<typeof alertOf>[2] = {}) =>
  alertOf(++next, "delivery", { at: house.clock.now(), ...overrides })
const only = (...policies: readonly NetworkPolicy[]) =>
  house.store.record({
    policies: [policyOf({ enabled: false, id: policyId.parse("thwart/contain-chain") }), ...policies],
  })
const places = () => house.responder.desired().filter(holdsBack).map(placeInWords)
const actions = async () => (await house.store.audit({})).items.map(({ action, subject }) => `${action} ${subject}`)

describe("a network policy", () => {
  const attacker = "203.0.113.7/32"
  const forms = [
    [{}, [`block inbound ${attacker}`], "block the address for 1 minute"],
    [{ direction: "outbound" }, [`block outbound ${attacker}`], "block traffic to the address for 1 minute"],
    [
      { direction: "both" },
      [`block inbound ${attacker}`, `block outbound ${attacker}`],
      "block traffic from and to the address for 1 minute",
    ],
    [
      { action: "limit", rate: packets },
      [`limit inbound ${attacker} 100 packets/s`],
      "limit traffic from the address to 100 packets/s for 1 minute",
    ],
    [
      { action: "challenge", blockMs: null },
      [`challenge inbound ${attacker}`],
      "challenge the address until someone ends it",
    ],
    [{ action: "ignore" }, [], "ignore it: no other network policy acts on it"],
  ] as const
  it.each(forms)("does what it says: %j", async (form, expected, sentence) => {
    expect(forms).toHaveLength(6)
    const policy = policyOf({ on: onAlerts, ...form })
    expect(policySentence(policy)).toBe(`1 High alert in 10 minutes → ${sentence}`)
    await only(policy)
    await house.ingest([seen()], [])
    expect(places()).toEqual(expected)
  })

  const sides: readonly (readonly [NetworkPolicy["direction"], Partial<Alert>, readonly string[]])[] = [
    ["inbound", outwards("198.51.100.9"), ["block inbound 203.0.113.7/32"]],
    ["outbound", outwards("198.51.100.9"), ["block outbound 198.51.100.9/32"]],
    ["outbound", outwards("0.0.0.0"), ["block outbound 203.0.113.7/32"]],
    ["outbound", outwards("203.0.113.7"), ["block outbound 203.0.113.7/32"]],
    [
      "both",
      outwards("198.51.100.9"),
      [203, 198].flatMap((first) =>
        ["inbound", "outbound"].map((way) => `block ${way} ${first === 203 ? "203.0.113.7" : "198.51.100.9"}/32`),
      ),
    ],
  ]
  it.each(sides)("that blocks %s looks at the right end of %o", async (direction, alert, expected) => {
    expect(sides).toHaveLength(5)
    await only(policyOf({ on: onAlerts, direction }))
    const { at: _, attacker: __, ...rest } = alert
    await house.ingest([seen(rest)], [])
    expect(places()).toEqual(expected)
  })

  it("acts on attackers in private networks and on other nodes, but never on what the node itself needs", async () => {
    await only(policyOf({ on: onAlerts, direction: "both" }))
    await house.ingest(
      ["10.0.0.9", "192.168.7.7", "fd12::9", "10.0.0.1", "127.0.0.1"].map((source) => seen({ attacker: source })),
      [],
    )
    expect(places().filter((place) => place.startsWith("block inbound"))).toEqual([
      "block inbound 10.0.0.9/32",
      "block inbound 192.168.7.7/32",
      "block inbound fd12::9/128",
    ])
    expect(places()).toHaveLength(6)
    expect((await actions()).filter((action) => action.startsWith("block refused"))).toHaveLength(2)
  })

  it("counts a block in two directions as one block of the limit", async () => {
    await only(policyOf({ on: onAlerts, direction: "both" }))
    await house.ingest(
      Array.from({ length: 70 }, (_, index) => seen({ attacker: `198.18.0.${index}` })),
      [],
    )
    expect(places()).toHaveLength(120)
  })

  it("prolongs what is in force, each direction for itself, and makes what is missing", async () => {
    await house.responder.block(
      { target: prefix("203.0.113.7"), direction: "outbound", durationMs: null, reason: "x" },
      ada,
    )
    await only(policyOf({ on: onAlerts, direction: "both" }))
    await house.ingest([seen()], [])
    expect(places()).toEqual(["block outbound 203.0.113.7/32", "block inbound 203.0.113.7/32"])
    house.clock.advance(30_000)
    await house.ingest([seen()], [])
    expect(house.responder.desired().map(({ expiresAt }) => expiresAt)).toEqual([null, startedAt + 90_000])
  })

  it("limits beside a block, and beside another limit", async () => {
    const rates = [packets, { perSecond: 1000, unit: "bytes" }] as const
    await only(
      ...rates.map((rate, index) => policyOf({ id: policyId.parse(`l${index}`), on: onAlerts, action: "limit", rate })),
    )
    await house.responder.block(
      { target: prefix("203.0.113.7"), direction: "inbound", durationMs: null, reason: "x" },
      ada,
    )
    await house.ingest([seen()], [])
    expect(places()).toEqual([
      "block inbound 203.0.113.7/32",
      "limit inbound 203.0.113.7/32 100 packets/s",
      "limit inbound 203.0.113.7/32 1 kbytes/s",
    ])
  })
})

describe("the scope of a policy", () => {
  const cases = [
    [{ nodes: [], tags: [] }, 1, ""],
    [{ nodes: ["web-1"], tags: [] }, 1, " on web-1"],
    [{ nodes: ["web-2"], tags: [] }, 0, " on web-2"],
    [{ nodes: ["web-2", "web-1"], tags: [] }, 1, " on web-2, web-1"],
    [{ nodes: [], tags: ["shop"] }, 1, " on nodes tagged shop"],
    [{ nodes: [], tags: ["office"] }, 0, " on nodes tagged office"],
    [{ nodes: ["web-2"], tags: ["office", "shop"] }, 1, " on web-2 or nodes tagged office or nodes tagged shop"],
  ] as const
  it.each(cases)("%j", async (scope, blocks, said) => {
    expect(cases).toHaveLength(7)
    const policy = policyOf({ on: onAlerts, scope })
    expect(policySentence(policy)).toContain(`1 High alert${said} in 10 minutes`)
    await only(policy)
    await house.ingest([seen()], [])
    expect(places()).toHaveLength(blocks)
  })

  it("holds for incidents when one of their nodes is in it", async () => {
    const node = (id: string) => ({ id: nodeId.parse(id), kind: "host", name: id }) as const
    const on = { kind: "incident", rule: null, minStages: 1 } as const
    await only(policyOf({ on, severity: "info", scope: { nodes: [], tags: ["shop"] } }))
    await house.ingest([], [incidentAt(startedAt, "a", { stages: [stage], nodes: [node("db-1")] })])
    expect(places()).toHaveLength(0)
    await house.ingest([], [incidentAt(startedAt, "b", { stages: [stage], nodes: [node("db-1"), node("web-1")] })])
    expect(places()).toHaveLength(1)
  })
})

describe("a policy that ignores", () => {
  const ignoring = (overrides: Partial<NetworkPolicy> = {}) =>
    policyOf({
      id: policyId.parse("z-ignore"),
      on: { ...onAlerts, classtypes: ["web-application-attack"] },
      action: "ignore",
      ...overrides,
    })

  it("keeps the others from acting on what it fulfils, and on nothing else, and says so", async () => {
    await only(policyOf({ on: onAlerts }), ignoring())
    await house.ingest([seen(), seen({ attacker: "198.51.100.9", classtype: "trojan-activity" })], [])
    expect(places()).toEqual(["block inbound 198.51.100.9/32"])
    expect(await actions()).toContain("ignored address:203.0.113.7")
    await house.ingest([seen({ classtype: "trojan-activity" })], [])
    expect(places()).toHaveLength(2)
  })

  it("does nothing but say so while it is interactive or only monitors", async () => {
    for (const mode of ["interactive", "monitor"] as const) {
      await only(policyOf({ on: onAlerts }), ignoring({ mode }))
      await house.ingest([seen({ attacker: mode === "monitor" ? "203.0.113.8" : "203.0.113.7" })], [])
    }
    expect(places()).toHaveLength(2)
    expect(await actions()).toEqual(
      expect.arrayContaining([
        "ignore proposed address:203.0.113.7",
        "ignore not enforced (monitor) address:203.0.113.8",
      ]),
    )
  })

  it("of incidents leaves the policies on alerts alone", async () => {
    const on = { kind: "incident", rule: null, minStages: 1 } as const
    await only(policyOf({ on, severity: "info" }), ignoring({ on, severity: "info" }))
    await house.ingest([], [incidentAt(startedAt, "a", { stages: [stage] })])
    expect(places()).toHaveLength(0)
    await only(policyOf({ on: onAlerts }))
    await house.ingest([seen()], [incidentAt(startedAt, "a", { stages: [stage] })])
    expect(places()).toEqual(["block inbound 203.0.113.7/32"])
  })
})

describe("a policy that was stored before it had these fields", () => {
  it("goes on to block what comes in, everywhere", async () => {
    const { direction, action, rate, scope, ...old } = policyOf({ on: onAlerts })
    expect([direction, action, rate, scope]).toEqual(["inbound", "block", null, { nodes: [], tags: [] }])
    await only(old as NetworkPolicy) // As an earlier version wrote it.
    expect((await house.store.policies()).find(({ id }) => id === "p")).toEqual({
      ...old,
      direction,
      action,
      rate,
      scope,
    })
    await house.ingest([seen()], [])
    expect(places()).toEqual(["block inbound 203.0.113.7/32"])
  })
})

function outwards(to: string): Partial<Alert> {
  return { direction: "outbound", destination: { address: address(to), port: 443 } }
}
