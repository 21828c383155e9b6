import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import type { Alert, Intent } from "../core/index.ts"
import { type Correlator, createCorrelator } from "../correlation/index.ts"
import { ada, attack, createHouse, type House, onAlerts, onlyBlock, policyOf } from "./testing/house.ts"

let correlator: Correlator
let house: House
beforeEach(async () => {
  correlator = createCorrelator(killChainRules)
  house = await createHouse({ setIncidentStatus: correlator.setStatus, reconsider: correlator.reconsider })
})
afterEach(() => house.store.close())

let next = 70_000
const seen = (intents: readonly Intent[], attacker = "203.0.113.7") =>
  intents.map((intent, index) => alertOf(++next, intent, { at: house.clock.now() + index * 1000, attacker }))
const chain = ["reconnaissance", "exploitation", "installation"] as const
const theIncident = async () => (await house.store.incidents({})).items[0] ?? expect.unreachable()
const names = async () => (await theIncident()).stages.map(({ name }) => name)
const mask = (alerts: readonly Alert[], masked = true) =>
  house.responder.maskAlerts(
    alerts.map(({ id }) => id),
    { masked, why: "ours" },
    ada,
  )

describe("masked alerts", () => {
  it("leave an incident, and what a policy would not do about the rest of it ends", async () => {
    const [scan, exploit, install] = seen(chain)
    const all = [scan, exploit, install].flatMap((one) => one ?? [])
    await attack(house, correlator, all)
    const block = onlyBlock(house)
    const report = await mask(all.slice(0, 1))
    expect(report.ended).toEqual([block.id])
    expect(report.incidents.map(({ stages, status }) => [stages.length, status])).toEqual([[2, "open"]])
    expect(await names()).toEqual(["exploitation", "installation"])
    expect((await theIncident()).masked).toEqual([scan?.id])
    expect(house.responder.desired()).toEqual([])
    expect((await house.store.alert(all[0]?.id ?? expect.unreachable()))?.masked).toBe(true)
    expect(await house.audit()).toContain("alerts masked")
  })

  it("close an incident that has too little left, and it opens again when enough comes", async () => {
    const all = seen(chain)
    await attack(house, correlator, all)
    await mask(all.slice(1))
    const fallen = await theIncident()
    expect([fallen.status, fallen.stages.length]).toEqual(["closed", 1])
    expect(house.responder.desired()).toEqual([])
    house.clock.advance(10_000)
    await attack(house, correlator, seen(["exploitation", "installation"]))
    const again = await theIncident()
    expect([again.id, again.status, again.stages.length]).toEqual([fallen.id, "open", 3])
    expect(again.version).toBeGreaterThan(fallen.version)
    onlyBlock(house)
  })

  it("count again when they are unmasked, as if they had never been masked", async () => {
    const all = seen(chain)
    await attack(house, correlator, all)
    const before = await theIncident()
    await mask(all)
    expect([(await theIncident()).status, await names()]).toEqual(["closed", []])
    await mask(all, false)
    const after = await theIncident()
    expect(after.stages).toEqual(before.stages)
    expect([after.status, after.severity, after.masked]).toEqual(["open", before.severity, []])
  })

  it("are told from others that count: a stage of many keeps the rest, also those that it does not name", async () => {
    const scans = Array.from({ length: 150 }, () => alertOf(++next, "reconnaissance", { at: house.clock.now() }))
    const rest = seen(["exploitation", "installation"])
    await attack(house, correlator, [...scans, ...rest])
    await mask(scans.slice(120, 125))
    expect((await theIncident()).stages.map(({ count }) => count)).toEqual([145, 1, 1])
  })

  it("are the same after a restart, of which correlation learns nothing", async () => {
    const all = seen(chain)
    await attack(house, correlator, all)
    await mask(all.slice(1))
    const anew = createCorrelator(killChainRules)
    anew.restore((await house.store.alerts({})).items, (await house.store.incidents({})).items)
    const [exploit] = seen(["exploitation"])
    const [again] = anew.onAlert(exploit ?? expect.unreachable())
    expect([again?.id, again?.status, again?.stages.length]).toEqual([(await theIncident()).id, "open", 2])
  })

  it("end a block that rests on them alone, and count for no policy any more", async () => {
    await house.store.record({ policies: [policyOf({ on: onAlerts, count: 3 })] })
    const [one, two, three, four] = seen(["exploitation", "exploitation", "exploitation", "exploitation"])
    const feed = (...alerts: readonly (Alert | undefined)[]) =>
      house.ingest(
        alerts.flatMap((alert) => alert ?? []),
        [],
      )
    await feed(one, two)
    await mask([one, two].flatMap((alert) => alert ?? []))
    await feed(three, four)
    expect(house.responder.desired()).toEqual([])
    await feed(...seen(["exploitation"]))
    const block = onlyBlock(house)
    await mask((await house.store.alerts({ ids: block.reason.alerts })).items)
    expect(house.responder.desired()).toEqual([])
    expect(await house.store.countermeasure(block.id)).toMatchObject({ endReason: "undone", endedBy: ada.who })
  })

  it("do nothing twice, and an alert that is not there is told", async () => {
    const all = seen(chain)
    await attack(house, correlator, all)
    await mask(all)
    const { version } = await theIncident()
    expect(await mask(all)).toEqual({ alerts: [], incidents: [], ended: [] })
    expect((await theIncident()).version).toBe(version)
    await expect(mask([alertOf(99_999_999, "delivery")])).rejects.toThrow(/there is no alert alr_99999999/)
  })
})
