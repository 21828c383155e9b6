import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import { address, policyId, prefix, subjectOf } from "../core/index.ts"
import { createCorrelator } from "../correlation/index.ts"
import { incidentAt } from "../store/testing/samples.ts"
import {
  ada,
  applied,
  attack,
  createHouse,
  type House,
  onAlerts,
  onlyBlock,
  policyOf,
  startedAt,
} from "./testing/house.ts"

let house: House
beforeEach(async () => {
  house = await createHouse()
})
afterEach(() => house.store.close())

let next = 0
const seen = (count: number, attacker = "203.0.113.7", at = house.clock.now()) =>
  Array.from({ length: count }, () => alertOf(++next, "delivery", { at, attacker }))
const only = (...policies: ReturnType<typeof policyOf>[]) =>
  house.store.record({
    policies: [policyOf({ enabled: false, id: policyId.parse("thwart/contain-chain") }), ...policies],
  })

describe("a policy on alerts", () => {
  it("blocks when enough of them came within its window, and names each of them", async () => {
    await only(policyOf({ on: onAlerts, count: 3, windowMs: 10_000 }))
    const alerts = seen(3)
    await house.ingest(alerts, [])
    expect(onlyBlock(house)).toMatchObject({
      severity: "high",
      reason: { by: "policy:p", incident: null, alerts: alerts.map(({ id }) => id) },
    })
    expect(onlyBlock(house).reason.text).toBe("P: 3 High alerts in 10 seconds → block the address for 1 minute")
  })

  it("looks at severity and at each of its lists", async () => {
    const cases = [
      [policyOf({ on: onAlerts, severity: "critical" }), 0],
      [policyOf({ on: { ...onAlerts, intents: ["installation"] } }), 0],
      [policyOf({ on: { ...onAlerts, classtypes: ["trojan-activity"] } }), 0],
      [policyOf({ on: { ...onAlerts, tactics: ["TA0001"] } }), 0],
      [policyOf({ on: { ...onAlerts, techniques: ["T1190"] } }), 0],
      [policyOf({ on: onAlerts, enabled: false }), 0],
      [policyOf({ on: { ...onAlerts, intents: ["delivery"], classtypes: ["web-application-attack"] } }), 1],
    ] as const
    expect(cases).toHaveLength(7)
    for (const [policy, blocks] of cases) {
      await only(policy)
      await house.ingest(seen(1), [])
      expect(house.responder.desired(), JSON.stringify(policy.on)).toHaveLength(blocks)
    }
  })
})

describe("a policy on incidents", () => {
  it("looks at what its stages are, and at each of its lists", async () => {
    const on = { kind: "incident", rule: null, minStages: 1 } as const
    const cases = [
      [policyOf({ on: { ...on, tactics: ["TA0011"] } }), 0],
      [policyOf({ on: { ...on, techniques: ["T1190"] } }), 0],
      [policyOf({ on: { ...on, intents: ["installation"], tactics: ["TA0043"] } }), 0],
      [policyOf({ on: { ...on, minStages: 3 } }), 0],
      [policyOf({ on: { ...on, intents: [], tactics: ["TA0011", "TA0043"] } }), 1],
      [policyOf({ on: { ...on, intents: ["exploitation"], techniques: ["T1595"] } }), 1],
    ] as const
    expect(cases).toHaveLength(6)
    const stage = (intent: "reconnaissance" | "exploitation", index: number) =>
      ({
        index,
        name: intent,
        intent,
        firstAt: startedAt,
        lastAt: startedAt,
        count: 1,
        alerts: [],
        because: "",
      }) as const
    const stages = [
      { ...stage("reconnaissance", 0), tactic: "TA0043", technique: "T1595" },
      { ...stage("exploitation", 1), tactic: null, technique: null },
    ] as const
    for (const [index, [policy, blocks]] of cases.entries()) {
      await only(policy)
      const attacker = address(`203.0.113.${index}`)
      await house.ingest([], [incidentAt(startedAt, `i${index}`, { attacker, stages })])
      const made = house.responder.desired().filter((one) => subjectOf(one) === `${attacker}/32`)
      expect(made, JSON.stringify(policy.on)).toHaveLength(blocks)
    }
  })
})

describe("a block", () => {
  it("lasts longer while the attack goes on, as the same one, and not with every alert", async () => {
    await only(policyOf({ on: onAlerts, blockMs: 600_000 }))
    await house.ingest(seen(1), [])
    const { id } = onlyBlock(house)
    let changes = 0
    house.responder.onDesiredChange(() => changes++)
    for (let second = 1; second <= 60; second++) {
      house.clock.advance(1000)
      await house.ingest(seen(5), [])
    }
    expect(onlyBlock(house).id).toBe(id)
    expect(onlyBlock(house).expiresAt).toBeGreaterThan(startedAt + 600_000 + 49_000)
    expect(changes).toBeLessThanOrEqual(6)
  })

  it("never gets shorter, also not by a person or by a policy with less", async () => {
    const block = (durationMs: number | null) =>
      house.responder.block({ target: prefix("203.0.113.7"), direction: "inbound", durationMs, reason: "x" }, ada)
    const first = await block(7_200_000)
    expect((await block(1000)).expiresAt).toBe(first.expiresAt)
    await only(policyOf({ on: onAlerts, blockMs: 60_000 }))
    await house.ingest(seen(1), [])
    expect(onlyBlock(house)).toMatchObject({ id: first.id, expiresAt: first.expiresAt })
    expect((await block(null)).expiresAt).toBeNull()
    await house.ingest(seen(1), [])
    expect(onlyBlock(house).expiresAt).toBeNull()
  })

  it("is one for two policies at once, as long as the longer wants", async () => {
    await only(policyOf({ on: onAlerts, blockMs: 60_000 }), {
      ...policyOf({ on: onAlerts, blockMs: 900_000 }),
      id: policyId.parse("q"),
    })
    await house.ingest(seen(1), [])
    expect(onlyBlock(house)).toMatchObject({ expiresAt: startedAt + 900_000, reason: { policy: "p" } })
  })

  it("takes up the incident that is recognised later, which is contained with it", async () => {
    const correlator = createCorrelator(killChainRules)
    house = await house.again({ setIncidentStatus: correlator.setStatus })
    await house.store.record({ policies: [policyOf({ on: onAlerts })] })
    const intents = ["reconnaissance", "exploitation", "installation"] as const
    await attack(
      house,
      correlator,
      intents.map((intent, index) => alertOf(++next, intent, { at: startedAt + index })),
    )
    const [incident] = (await house.store.incidents({})).items
    expect(onlyBlock(house).reason).toMatchObject({ policy: "p", incident: incident?.id })
    await house.responder.report(onlyBlock(house).id, applied(startedAt))
    expect((await house.store.incidents({})).items[0]?.status).toBe("contained")
  })

  it("says of an enforcer that is not there that it does nothing", async () => {
    await only(policyOf({ on: onAlerts, enforcers: ["kernel", "waf"] }))
    await house.ingest(seen(1), [])
    expect(onlyBlock(house).enforcers).toEqual(["kernel", "waf"])
    expect(onlyBlock(house).reports.map(({ state, reason }) => [state, reason])).toEqual([
      ["pending", null],
      ["not-enforced", 'no enforcer "waf" runs here'],
    ])
  })
})

describe("the audit log", () => {
  it("is not filled by an attack on which nothing may be done", async () => {
    await only(policyOf({ on: onAlerts }))
    for (let round = 0; round < 200; round++) await house.ingest(seen(5, "127.0.0.1"), [])
    expect((await house.audit()).filter((action) => action === "block refused")).toHaveLength(1)
    house.clock.advance(600_000)
    await house.ingest(seen(1, "127.0.0.1"), [])
    expect((await house.audit()).filter((action) => action === "block refused")).toHaveLength(2)
  })

  it("says how much a flood of sources left out", async () => {
    await only(policyOf({ on: onAlerts }))
    const flood = Array.from({ length: 500 }, (_, index) => seen(1, `198.18.${index >> 8}.${index & 255}`)).flat()
    await house.ingest(flood, [])
    expect(house.responder.desired()).toHaveLength(60)
    await house.responder.sweep()
    await house.responder.sweep()
    const entries = (await house.store.audit({ limit: 1000 })).items
    expect(entries.filter(({ action }) => action === "block held")).toHaveLength(100)
    expect(entries.filter(({ action }) => action.startsWith("more blocks")).map(({ after }) => after)).toEqual([
      { leftOut: 340 },
    ])
  })
})

describe("reports", () => {
  it("show at once that something was refused, and never less than was shown before", async () => {
    await only(policyOf({ on: onAlerts }))
    await house.ingest(seen(1), [])
    const { id } = onlyBlock(house)
    const refused = async (at: number, packets: number) => {
      await house.responder.report(id, { ...applied(startedAt + at), refused: { packets, bytes: packets * 60 } })
      return (await house.store.countermeasure(id))?.reports[0]?.refused?.packets
    }
    expect([await refused(0, 0), await refused(1000, 5), await refused(2000, 9)]).toEqual([0, 5, 5])
    expect([await refused(61_000, 90), await refused(122_000, 3)]).toEqual([90, 90])
  })

  it("are stored when something changed or a minute has passed, and tell nobody that what shall be in force changed", async () => {
    await only(policyOf({ on: onAlerts }))
    await house.ingest(seen(1), [])
    const { id } = onlyBlock(house)
    let changes = 0
    house.responder.onDesiredChange(() => changes++)
    const report = (at: number, state: "applied" | "failed" = "applied", reason: string | null = null) =>
      house.responder.report(id, { enforcer: "kernel", state, reason, since: at, checkedAt: at })
    const before = house.published.length
    await report(startedAt)
    await report(startedAt + 30_000)
    await report(startedAt + 61_000)
    await report(startedAt + 62_000, "failed", "no permission")
    expect(house.published.length - before).toBe(3)
    expect((await house.store.countermeasure(id))?.reports).toEqual([
      {
        enforcer: "kernel",
        state: "failed",
        reason: "no permission",
        since: startedAt + 62_000,
        checkedAt: startedAt + 62_000,
      },
    ])
    expect(changes).toBe(0)
    await house.responder.report("cm_unknown" as never, applied(0))
  })
})
