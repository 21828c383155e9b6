import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import { type Alert, type Intent, isActive, policyId, prefix, subjectOf } from "../core/index.ts"
import { type Correlator, createCorrelator } from "../correlation/index.ts"
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

let correlator: Correlator
let house: House

beforeEach(async () => {
  correlator = createCorrelator(killChainRules)
  house = await createHouse({ setIncidentStatus: correlator.setStatus })
})
afterEach(() => house.store.close())

const hour = 3_600_000
let next = 0
/** One alert of each intent, a second apart, now. */
const seen = (intents: readonly Intent[], attacker = "203.0.113.7") =>
  intents.map((intent, index) => alertOf(++next, intent, { at: house.clock.now() + index * 1000, attacker }))
const chain = ["reconnaissance", "exploitation", "installation"] as const
const incidents = async () => (await house.store.incidents({})).items
const theIncident = async () => (await incidents())[0] ?? expect.unreachable()
const report = (at: number, id = onlyBlock(house).id) => house.responder.report(id, applied(at))

describe("an incident", () => {
  it("is contained once its block is in force, and the store and correlation agree on it", async () => {
    await attack(house, correlator, seen(chain))
    expect((await theIncident()).status).toBe("open")
    await report(house.clock.now())
    expect(await theIncident()).toMatchObject({ status: "contained", version: 3 })
    house.clock.advance(5000)
    await attack(house, correlator, seen(["command-and-control"]))
    expect(await theIncident()).toMatchObject({ status: "contained", version: 4, complete: true })
  })

  it("is open again when its block is undone", async () => {
    await attack(house, correlator, seen(chain))
    await report(house.clock.now())
    await house.responder.undo(onlyBlock(house).id, { falsePositive: false, comment: "" }, ada)
    expect((await theIncident()).status).toBe("open")
    expect(house.published.at(-1)).toBe(`${(await theIncident()).id} open`)
  })

  it("is not contained by a block that was undone before its report came", async () => {
    await attack(house, correlator, seen(chain))
    const { id } = onlyBlock(house)
    await house.responder.undo(id, { falsePositive: false, comment: "" }, ada)
    await report(house.clock.now(), id)
    expect((await theIncident()).status).toBe("open")
    expect((await house.store.countermeasure(id))?.reports[0]?.state).toBe("applied")
  })

  it("is open again when it grows after its block has ended, and stays contained when it does not", async () => {
    await house.store.record({
      policies: [{ ...policyOf({ blockMs: 60_000 }), id: policyId.parse("thwart/contain-chain") }],
    })
    await attack(house, correlator, seen(chain))
    await report(house.clock.now())
    house.clock.advance(120_000)
    await house.responder.sweep()
    expect(house.responder.desired()).toEqual([])
    expect((await theIncident()).status).toBe("contained")
    await attack(house, correlator, seen(["installation"]))
    expect(await incidents()).toHaveLength(1)
    expect((await theIncident()).status).toBe("open")
    await report(house.clock.now())
    expect((await theIncident()).status).toBe("contained")
  })

  it("that somebody closed while a version of it was on its way leads to no block", async () => {
    const [scan, exploit, shell] = seen(chain)
    if (scan === undefined || exploit === undefined || shell === undefined) return expect.unreachable()
    await attack(house, correlator, [scan, exploit])
    const onItsWay = correlator.onAlert(shell)
    await house.responder.changeIncident((await theIncident()).id, "closed", ada)
    await house.ingest([shell], onItsWay)
    expect(house.responder.desired()).toEqual([])
    expect((await theIncident()).status).toBe("closed")
  })

  it("called a false positive ends what is in force because of it, and is remembered", async () => {
    await attack(house, correlator, seen(chain))
    const { id } = onlyBlock(house)
    await house.responder.changeIncident((await theIncident()).id, "false-positive", ada)
    expect(house.responder.desired()).toEqual([])
    expect(await house.store.countermeasure(id)).toMatchObject({ endReason: "false-positive", endedBy: "user:ada" })
    const told = await theIncident()
    const other = await house.again()
    await other.ingest([], [{ ...told, id: "inc_other" as typeof told.id, version: 1, status: "open" }])
    expect(other.responder.desired()).toEqual([])
    const entries = (await house.store.audit({})).items
    expect(entries.find(({ who }) => who === "user:ada")).toMatchObject({
      action: "incident false-positive",
      who: "user:ada",
      from: "192.0.2.7",
      before: { status: "open" },
    })
  })
})

describe("the alerts of a false positive", () => {
  const marks = async (alerts: readonly Alert[]) =>
    (await house.store.verdicts(alerts.map(({ id }) => id))).map(({ alert, verdict, by }) => [alert, verdict, by])

  it("count as such for their rules, unless somebody marked them", async () => {
    const alerts = seen(chain)
    await attack(house, correlator, alerts)
    const [scan, exploit, shell] = alerts.map(({ id }) => id)
    if (scan === undefined) return expect.unreachable()
    const given = { alert: scan, verdict: "true-positive", at: house.clock.now(), by: "user:bea", rules: [] } as const
    await house.store.record({ verdicts: [given] })
    await house.responder.changeIncident((await theIncident()).id, "false-positive", ada)
    expect(new Set(await marks(alerts))).toEqual(
      new Set([
        [scan, "true-positive", "user:bea"],
        [exploit, "false-positive", "user:ada"],
        [shell, "false-positive", "user:ada"],
      ]),
    )
    const rules = alerts.slice(1).flatMap(({ contributions }) => contributions.map(({ rule }) => rule))
    const counted = (await house.store.ruleStatistics()).filter(({ markedFalse }) => markedFalse > 0)
    expect(new Set(counted.map(({ rule }) => rule))).toEqual(new Set(rules))
  })

  it("count as such when a countermeasure is undone for it", async () => {
    const alerts = seen(chain)
    await attack(house, correlator, alerts)
    await house.responder.undo(onlyBlock(house).id, { falsePositive: true, comment: "" }, ada)
    expect(await marks(alerts)).toHaveLength(3)
  })

  it("are not marked when it is only undone, or the incident closed", async () => {
    const alerts = seen(chain)
    await attack(house, correlator, alerts)
    await house.responder.undo(onlyBlock(house).id, { falsePositive: false, comment: "" }, ada)
    await house.responder.changeIncident((await theIncident()).id, "closed", ada)
    expect(await marks(alerts)).toEqual([])
  })
})

describe("what was undone as a false positive", () => {
  it("does not come back for its own alerts, whichever rule tells of them, also after a restart", async () => {
    const alerts = seen(chain)
    await attack(house, correlator, alerts)
    await house.responder.undo(onlyBlock(house).id, { falsePositive: true, comment: "our scanner" }, ada)
    const told = await theIncident()
    expect(told.status).toBe("false-positive")
    const same = { ...told, id: "inc_other" as typeof told.id, version: 1, status: "open" as const }
    for (const one of [house, await house.again()]) {
      await one.ingest([], [{ ...told, status: "open", version: 99 }])
      await one.ingest([], [same])
      expect(one.responder.desired()).toEqual([])
    }
  })

  it("comes back for new evidence", async () => {
    await attack(house, correlator, seen(chain))
    await house.responder.undo(onlyBlock(house).id, { falsePositive: true, comment: "" }, ada)
    house.clock.advance(60_000)
    await attack(house, correlator, seen(chain))
    expect(subjectOf(onlyBlock(house))).toBe("203.0.113.7/32")
    expect(await incidents()).toHaveLength(2)
  })

  it("does not count any more where a policy counts alerts", async () => {
    await house.store.record({ policies: [policyOf({ on: onAlerts, count: 3, windowMs: hour })] })
    const three = seen(["delivery", "delivery", "delivery"])
    await house.ingest(three, [])
    await house.responder.undo(onlyBlock(house).id, { falsePositive: true, comment: "" }, ada)
    house.clock.advance(10_000)
    const others = seen(["delivery", "delivery", "delivery"])
    for (const [index, alert] of others.entries()) {
      await house.ingest([alert, ...three], [])
      expect(house.responder.desired()).toHaveLength(index < 2 ? 0 : 1)
    }
  })

  it("is remembered also when it had expired before somebody said so", async () => {
    await attack(house, correlator, seen(chain))
    const { id } = onlyBlock(house)
    house.clock.advance(2 * hour)
    await house.responder.sweep()
    expect((await house.store.countermeasure(id))?.endReason).toBe("expired")
    const undone = await house.responder.undo(id, { falsePositive: true, comment: "" }, ada)
    expect(undone).toMatchObject({ endReason: "false-positive", endedBy: "user:ada" })
    expect((await house.responder.undo(id, { falsePositive: true, comment: "" }, ada)).endedAt).toBe(undone.endedAt)
    await house.ingest([], [{ ...(await theIncident()), status: "open", version: 99 }])
    expect(house.responder.desired()).toEqual([])
  })
})

describe("the allowlist", () => {
  const office = { prefix: prefix("203.0.113.0/24"), comment: "office", expiresAt: null }

  it("frees what is in force, opens its incident again, and lets nothing come back", async () => {
    await attack(house, correlator, seen(chain))
    const block = onlyBlock(house)
    await report(house.clock.now())
    await house.responder.allow(office, ada)
    expect(house.responder.desired()).toEqual([])
    expect(await house.store.countermeasure(block.id)).toMatchObject({ endReason: "allowlisted", endedBy: "user:ada" })
    expect((await theIncident()).status).toBe("open")
    await attack(house, correlator, seen(["command-and-control"]))
    expect(house.responder.desired()).toEqual([])
    expect(await house.responder.refusalNow(block)).toMatch(/on the allowlist \(office; user:ada\)/)
  })

  it("frees a range that holds a friend, and leaves others alone", async () => {
    const block = (target: string) =>
      house.responder.block({ target: prefix(target), direction: "inbound", durationMs: null, reason: "x" }, ada)
    await block("203.0.112.0/22")
    await block("203.0.116.0/24")
    await house.responder.allow({ ...office, prefix: prefix("203.0.113.9") }, ada)
    expect(house.responder.desired().map(subjectOf)).toEqual(["203.0.116.0/24"])
  })

  it("protects until its end, and no entry is made that has ended", async () => {
    await house.responder.allow({ ...office, expiresAt: startedAt + 1000 }, ada)
    await attack(house, correlator, seen(chain))
    expect(house.responder.desired()).toEqual([])
    house.clock.advance(1000)
    await attack(house, correlator, seen(["installation"]))
    expect(subjectOf(onlyBlock(house))).toBe("203.0.113.7/32")
    await expect(house.responder.allow({ ...office, expiresAt: house.clock.now() }, ada)).rejects.toMatchObject({
      code: "THWART_USAGE",
    })
  })

  it("takes effect at once for what is about to be put in force, and so does its removal", async () => {
    await attack(house, correlator, seen(chain))
    const block = onlyBlock(house)
    expect(await house.responder.refusalNow(block)).toBeUndefined()
    const entry = await house.responder.allow(office, ada)
    expect(await house.responder.refusalNow(block)).toBeDefined()
    await house.responder.disallow(entry.id, ada)
    expect(await house.responder.refusalNow(block)).toBeUndefined()
    await expect(house.responder.disallow(entry.id, ada)).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })
})

describe("every change by a person", () => {
  it("is in the audit log with who, from where, before and after", async () => {
    const { responder } = house
    const block = await responder.block(
      { target: prefix("203.0.113.9"), direction: "inbound", durationMs: 1000, reason: "x" },
      ada,
    )
    house.clock.advance(1)
    await responder.block({ target: prefix("203.0.113.9"), direction: "inbound", durationMs: 9000, reason: "y" }, ada)
    house.clock.advance(1)
    await responder.undo(block.id, { falsePositive: false, comment: "wrong one" }, ada)
    house.clock.advance(1)
    const entry = await responder.allow({ prefix: prefix("203.0.113.9"), comment: "c", expiresAt: null }, ada)
    house.clock.advance(1)
    await responder.disallow(entry.id, ada)
    house.clock.advance(1)
    await responder.changePolicy(policyOf({ name: "Other" }), ada)
    house.clock.advance(1)
    await attack(house, correlator, seen(["reconnaissance", "exploitation"]))
    house.clock.advance(1)
    await responder.changeIncident((await theIncident()).id, "closed", ada)
    const entries = (await house.store.audit({})).items.toReversed()
    expect(entries.map(({ who, from, action, subject }) => [who, from, action, subject.split(":")[0]])).toEqual([
      ["user:ada", "192.0.2.7", "block", "countermeasure"],
      ["user:ada", "192.0.2.7", "block", "countermeasure"],
      ["user:ada", "192.0.2.7", "undo", "countermeasure"],
      ["user:ada", "192.0.2.7", "allow", "allowlist"],
      ["user:ada", "192.0.2.7", "disallow", "allowlist"],
      ["user:ada", "192.0.2.7", "policy", "policy"],
      ["user:ada", "192.0.2.7", "incident closed", "incident"],
    ])
    expect(entries.map(({ before }) => before === null)).toEqual([true, false, false, true, false, true, false])
    expect(entries[1]).toMatchObject({
      before: { expiresAt: startedAt + 1000 },
      after: { expiresAt: startedAt + 9001 },
    })
    expect(entries[2]?.after).toMatchObject({ endReason: "undone", comment: "wrong one" })
  })
})

describe("a restart", () => {
  it("finds what is in force, ends what is past its time, and counts on where policies count", async () => {
    await house.store.record({ policies: [policyOf({ on: onAlerts, count: 3, windowMs: hour })] })
    await house.ingest(seen(["delivery", "delivery"]), [])
    await house.responder.block(
      { target: prefix("203.0.113.9"), direction: "inbound", durationMs: 1000, reason: "x" },
      ada,
    )
    await house.responder.block(
      { target: prefix("203.0.113.10"), direction: "inbound", durationMs: null, reason: "x" },
      ada,
    )
    house.clock.advance(2000)
    const other = await house.again()
    expect(other.responder.desired().map(subjectOf)).toEqual(["203.0.113.10/32"])
    await other.responder.sweep()
    const stored = (await other.store.countermeasures({})).items
    expect(stored.filter((one) => isActive(one, house.clock.now()))).toHaveLength(1)
    expect(stored.find((one) => subjectOf(one) === "203.0.113.9/32")?.endReason).toBe("expired")
    await other.ingest(seen(["delivery"]), [])
    expect(other.responder.desired()).toHaveLength(2)
  })

  it("does not give policies a new minute of blocks", async () => {
    const limits = {
      policyPrefix: { v4: 24, v6: 48 },
      operatorPrefix: { v4: 16, v6: 32 },
      blocksPerMinute: 2,
      quarantinesPerMinute: 5,
    }
    await house.store.record({ policies: [policyOf({ on: onAlerts })] })
    const one = await house.again({ limits })
    await one.ingest([...seen(["delivery"], "203.0.113.1"), ...seen(["delivery"], "203.0.113.2")], [])
    const other = await house.again({ limits })
    await other.ingest(seen(["delivery"], "203.0.113.3"), [])
    expect(other.responder.desired()).toHaveLength(2)
    expect(await other.audit()).toContain("block held")
    house.clock.advance(61_000)
    await other.ingest(seen(["delivery"], "203.0.113.3"), [])
    expect(other.responder.desired().map(subjectOf)).toContain("203.0.113.3/32")
  })
})
