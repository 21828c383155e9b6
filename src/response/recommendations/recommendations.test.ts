import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../../test/support/alerts.ts"
import {
  type Alert,
  isActive,
  type Policy,
  type Proposal,
  policyId,
  prefix,
  proposalTarget,
  quarantinePolicy,
  type Recommendation,
  subjectOf,
} from "../../core/index.ts"
import { incidentAt } from "../../store/testing/samples.ts"
import type { Decision } from "../services.ts"
import { ada, createHouse, type House, onAlerts, policyOf, startedAt } from "../testing/house.ts"

let house: House
let next = 0
beforeEach(async () => {
  house = await createHouse()
})
afterEach(() => house.store.close())

const seen = (attacker: string, overrides: Partial<Alert> = {}) =>
  alertOf(++next, "exploitation", { at: house.clock.now(), attacker, ...(overrides as object) })
const asking = (overrides: Parameters<typeof policyOf>[0] = {}) =>
  policyOf({ on: onAlerts, mode: "interactive", ...overrides })
/** No other policy speaks. */
const only = async (policy: Policy) => {
  const others = await house.store.policies()
  await house.store.record({ policies: [...others.map((one) => ({ ...one, enabled: false })), policy] })
}
const the = (of: House = house): Recommendation => {
  const [one, ...more] = of.responder.recommendations()
  if (one === undefined || more.length > 0) throw new Error(`${of.responder.recommendations().length} recommendations`)
  return one
}
const pending = async (of: House = house) => {
  const { items } = await of.responder.pending(the(of).id, { limit: 1000 })
  return items.toSorted((one, other) => (proposalTarget(one) < proposalTarget(other) ? -1 : 1))
}
const decide = (decision: Partial<Decision>, of: House = house) =>
  of.responder.decideRecommendation(the(of).id, { kind: "accept", pending: null, why: "seen", ...decision }, ada)
const blocked = (of: House = house) => of.responder.desired().map(subjectOf)
const states = (items: readonly Proposal[]) => items.map((one) => `${proposalTarget(one)} ${one.state}`)

describe("a policy in interactive mode", () => {
  it("makes one recommendation of all that is pending, with * where values differ", async () => {
    await only(asking({ count: 2, windowMs: 60_000 }))
    const at = house.clock.now()
    await house.ingest([seen("203.0.113.1"), seen("203.0.113.1", { at: at + 10 })], [])
    expect(the()).toMatchObject({
      pending: 1,
      target: "203.0.113.1/32",
      source: "203.0.113.1",
      minCount: 2,
      threshold: 2,
    })
    house.clock.advance(5000)
    const other = { id: "db-1" as never, kind: "host", name: "db-1" } as const
    await house.ingest(
      [1, 2, 3].map(() => seen("203.0.113.2", { node: other, severity: "critical" })),
      [],
    )
    expect(the()).toEqual({
      id: the().id,
      policy: "p",
      createdAt: startedAt,
      notKept: 0,
      action: "block",
      pending: 2,
      held: 0,
      target: null,
      source: null,
      node: null,
      severity: "critical",
      minCount: 2,
      maxCount: 3,
      threshold: 2,
      windowMs: 60_000,
      firstAt: at,
      latestAt: at + 5000,
      expiresAt: startedAt + 86_400_000,
    })
    expect(blocked()).toEqual([])
    expect(await house.audit()).toEqual(["block proposed", "block proposed"])
  })

  it("counts on in the same proposal while it is seen, names its node until another comes, and says how its evidence stands", async () => {
    await only(asking())
    const first = seen("203.0.113.1")
    await house.ingest([first], [])
    await house.ingest([first], [])
    expect(the()).toMatchObject({ pending: 1, maxCount: 1, node: { id: "web-1" } })
    house.clock.advance(3_600_000)
    await house.ingest(
      [seen("203.0.113.1", { node: { id: "x" as never, kind: "host", name: "x" }, masked: false })],
      [],
    )
    expect(the()).toMatchObject({
      pending: 1,
      maxCount: 2,
      node: null,
      firstAt: startedAt,
      latestAt: startedAt + 3_600_000,
      expiresAt: startedAt + 3_600_000 + 86_400_000,
    })
    expect((await pending()).map(({ evidence }) => evidence)).toEqual(["stands"])
  })

  it("survives a restart with its counts, and tells of every change on the bus", async () => {
    await only(asking())
    await house.ingest([seen("203.0.113.1"), seen("203.0.113.2")], [])
    house.clock.advance(10_000)
    await house.ingest([seen("203.0.113.1")], [])
    await house.responder.sweep()
    const before = the()
    expect(before.maxCount).toBe(2)
    const again = await house.again()
    expect(the(again)).toEqual(before)
    expect((await pending(again)).map(proposalTarget)).toEqual(["203.0.113.1/32", "203.0.113.2/32"])
    expect(house.recommended.map((one) => one?.pending ?? 0)).toEqual([2, 2])
    await decide({ kind: "always-ignore" }, again)
    expect((await house.again()).responder.recommendations()).toEqual([])
  })

  it("keeps as many as it may, and counts, logs and shows the rest", async () => {
    house = await house.again({ proposalLimits: { most: 3, keepMs: 1000 } })
    await only(asking())
    const flood = () => Array.from({ length: 10 }, (_, index) => seen(`198.18.0.${index}`))
    await house.ingest(flood(), [])
    await house.ingest(flood(), [])
    expect(the()).toMatchObject({ pending: 3, notKept: 7 })
    expect((await house.audit()).filter((one) => one.includes("not kept"))).toHaveLength(7)
    house.clock.advance(10_000)
    house.clock.set(startedAt + 900)
    await house.responder.sweep()
    expect((await house.again()).responder.recommendations()).toHaveLength(1)
  })

  it("proposes to quarantine nodes as well", async () => {
    const quarantiners = [{ id: "podman", nodeKinds: ["container"], actions: ["pause"] }] as const
    house = await house.again({ quarantiners, protectedNodes: ["vip"] })
    await only(
      quarantinePolicy.parse({
        ...asking(),
        kind: "quarantine",
        nodeKind: "container",
        action: "pause",
        holdMs: 60_000,
      }),
    )
    const on = (name: string) => seen("203.0.113.1", { node: { id: name as never, kind: "container", name } })
    await house.ingest([on("shop"), on("vip")], [])
    expect(the()).toMatchObject({ action: "pause", pending: 1, target: "container shop" })
    const { items } = await decide({ durationMs: null })
    expect(states(items)).toEqual(["container shop accepted"])
    expect(house.responder.desired()).toMatchObject([{ action: "pause", expiresAt: null, enforcers: ["podman"] }])
  })
})

describe("a guardrail that holds", () => {
  it("turns what an automatic policy would do into a recommendation, which the policy itself may overtake", async () => {
    await only(policyOf({ on: onAlerts }))
    const flood = Array.from({ length: 62 }, (_, index) => seen(`198.18.0.${index}`))
    await house.ingest(flood, [])
    expect(blocked()).toHaveLength(60)
    expect(the()).toMatchObject({ pending: 2, held: 2 })
    expect((await pending())[0]?.held).toMatch(/too many blocks/)
    house.clock.advance(61_000)
    await house.ingest([seen("198.18.0.60")], [])
    expect(the()).toMatchObject({ pending: 1, target: "198.18.0.61/32" })
    expect(states((await house.store.proposals({ state: "accepted" })).items)).toEqual(["198.18.0.60/32 accepted"])
    await expect(decide({ kind: "always-accept" })).rejects.toThrow(/interactive mode; this one is automatic/)
    expect(states((await decide({})).items)).toEqual(["198.18.0.61/32 accepted"])
    expect(house.responder.recommendations()).toEqual([])
  })
})

describe("a decision", () => {
  beforeEach(async () => {
    await only(asking())
    await house.ingest(
      ["203.0.113.1", "203.0.113.2", "203.0.113.3"].map((attacker) => seen(attacker)),
      [],
    )
  })

  it("accepts all that is pending for the time given, in the person's name, and the next one is asked about again", async () => {
    const { items, recommendation } = await decide({ durationMs: 120_000, why: "ticket 4711" })
    expect(recommendation).toBeNull()
    expect(states(items)).toEqual(["203.0.113.1/32 accepted", "203.0.113.2/32 accepted", "203.0.113.3/32 accepted"])
    const [first] = house.responder.desired()
    expect(first).toMatchObject({
      expiresAt: startedAt + 120_000,
      reason: { by: "user:ada", policy: "p", text: expect.stringContaining("accepted (ticket 4711): P: 1 High alert") },
    })
    expect(items[0]?.outcome).toEqual({ at: startedAt, by: "user:ada", why: "ticket 4711", countermeasure: first?.id })
    const [entry] = (await house.store.audit({})).items.filter(({ action }) => action === "recommendation accept")
    expect(entry).toMatchObject({
      who: "user:ada",
      from: "192.0.2.7",
      subject: "policy:p",
      after: { why: "ticket 4711" },
    })
    expect(await house.responder.refusalNow(first ?? expect.unreachable())).toBeUndefined()
    await house.ingest([seen("203.0.113.1"), seen("203.0.113.9")], [])
    expect(the()).toMatchObject({ pending: 1, target: "203.0.113.9/32" })
  })

  it("takes the policy's time where none is given, and only what was selected", async () => {
    const [one, two] = await pending()
    if (one === undefined || two === undefined) return expect.unreachable()
    const gone = "prp_gone" as typeof one.id
    const { items, notPending, recommendation } = await decide({ pending: [two.id, gone, two.id] })
    expect([states(items), notPending, recommendation?.pending]).toEqual([["203.0.113.2/32 accepted"], [gone], 2])
    expect(house.responder.desired()[0]?.expiresAt).toBe(startedAt + 60_000)
    await decide({ kind: "dismiss", pending: [one.id] })
    expect((await pending()).map(proposalTarget)).toEqual(["203.0.113.3/32"])
  })

  it("holds every item against guardrails, evidence and what is in force, and says what became of it", async () => {
    await house.store.record({
      allowlist: [
        { id: "alw", prefix: prefix("203.0.113.1"), comment: "ours", owner: "user:bob", createdAt: 0, expiresAt: null },
      ],
    })
    const by = { direction: "inbound", durationMs: 1000, reason: "by hand" } as const
    await house.responder.block({ target: prefix("203.0.113.2"), ...by }, ada)
    await house.ingest([seen("203.0.113.4"), seen("203.0.113.5", { masked: true })], [])
    const items = (await decide({ durationMs: 3_600_000 })).items
    expect(states(items)).toEqual([
      "203.0.113.1/32 refused",
      "203.0.113.2/32 already",
      "203.0.113.3/32 accepted",
      "203.0.113.4/32 accepted",
    ])
    expect(items.map(({ outcome }) => outcome?.why).slice(0, 2)).toEqual([
      "203.0.113.1/32 touches 203.0.113.1/32 on the allowlist (ours; user:bob)",
      "it was in force already",
    ])
    expect(house.responder.desired().every(({ expiresAt }) => expiresAt === startedAt + 3_600_000)).toBe(true)
    expect(blocked()).toHaveLength(3)
  })

  it("decides nothing while the guardrails can't be asked", async () => {
    const broken = await house.again({ operators: () => Promise.reject(new Error("gone")) })
    await expect(decide({}, broken)).rejects.toThrow("gone")
    expect(the(broken).pending).toBe(3)
    expect(blocked(broken)).toEqual([])
  })

  it("to accept always lets the policy act by itself, also after a restart, until its interactive-status is set back", async () => {
    await decide({ kind: "always-accept" })
    expect(blocked()).toHaveLength(3)
    house = await house.again()
    await house.ingest([seen("203.0.113.7")], [])
    expect(blocked()).toContain("203.0.113.7/32")
    expect(house.responder.recommendations()).toEqual([])
    const wish = { interactiveStatus: "interactive", pending: "accept", why: "calm again", preview: false } as const
    expect((await house.responder.changeMode(policyId.parse("p"), wish, ada)).policy.interactiveStatus).toBeUndefined()
    await house.ingest([seen("203.0.113.8")], [])
    expect(the()).toMatchObject({ pending: 1, target: "203.0.113.8/32" })
  })

  it("to ignore always empties it and makes no more, until the interactive-status brings it back", async () => {
    expect(states((await decide({ kind: "always-ignore" })).items)).toHaveLength(3)
    await house.ingest([seen("203.0.113.7")], [])
    expect([blocked(), house.responder.recommendations()]).toEqual([[], []])
    expect(await house.audit()).toContain("block ignored (always ignore)")
    await house.responder.changePolicy(asking(), ada)
    expect((await house.store.policies()).find(({ id }) => id === "p")?.interactiveStatus).toBe("always-ignore")
    await house.responder.changePolicy(asking({ interactiveStatus: "interactive" }), ada)
    await house.ingest([seen("203.0.113.7")], [])
    expect(the().pending).toBe(1)
  })

  it("to dismiss is remembered for this evidence, also after a restart, and new evidence brings it back", async () => {
    await house.ingest([], [])
    const before = (await house.store.alerts({ limit: 1000 })).items
    await decide({ kind: "dismiss", why: "our scanner" })
    house = await house.again()
    await house.responder.handle(before, [], async () => undefined)
    expect(house.responder.recommendations()).toEqual([])
    await house.ingest([seen("203.0.113.1")], [])
    expect(the()).toMatchObject({ pending: 1, target: "203.0.113.1/32" })
  })

  it("about the policy takes no selection, and about nothing pending is told so", async () => {
    await expect(decide({ kind: "always-accept", pending: [] })).rejects.toThrow(/select none/)
    await expect(
      house.responder.decideRecommendation("rec_x" as never, { kind: "accept", pending: null, why: "" }, ada),
    ).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })
})

describe("what a proposal rests on", () => {
  it("is gone when nobody decided within its time, which each sighting gives anew", async () => {
    await only(asking())
    await house.ingest([seen("203.0.113.1"), seen("203.0.113.2")], [])
    house.clock.advance(80_000_000)
    await house.ingest([seen("203.0.113.1")], [])
    house.clock.advance(10_000_000)
    await house.responder.sweep()
    expect((await pending()).map(proposalTarget)).toEqual(["203.0.113.1/32"])
    expect(await house.audit()).toContain("proposals expired")
    expect(states((await house.store.proposals({ state: "expired" })).items)).toEqual(["203.0.113.2/32 expired"])
  })

  it("takes it with it when it is called a false positive, closed, or goes on the allowlist", async () => {
    await only(asking({ on: { kind: "incident", rule: null, minStages: 1 } }))
    const incidents = ["1", "2", "3"].map((name) =>
      incidentAt(startedAt, name, { attacker: `203.0.113.${name}` as never, stages: [stageOf(name)] }),
    )
    await house.ingest([], incidents)
    expect(the().pending).toBe(3)
    const [one, two] = incidents
    if (one === undefined || two === undefined) return expect.unreachable()
    await house.responder.changeIncident(one.id, "false-positive", ada)
    await house.responder.changeIncident(two.id, "closed", ada)
    expect((await pending()).map(proposalTarget)).toEqual(["203.0.113.3/32"])
    await house.responder.allow({ prefix: prefix("203.0.113.0/24"), comment: "ours", expiresAt: null }, ada)
    expect(house.responder.recommendations()).toEqual([])
    const gone = (await house.store.proposals({ state: "withdrawn" })).items
    expect(gone.map(({ outcome }) => outcome?.why).sort()).toEqual([
      "203.0.113.0/24 went on the allowlist",
      "its incident was called closed",
      "its incident was called false-positive",
    ])
  })

  it("takes it with it when its alerts are marked as false positives, and not when only some are", async () => {
    await only(asking({ count: 2 }))
    const alerts = [seen("203.0.113.1"), seen("203.0.113.1")]
    await house.ingest(alerts, [])
    const mark = async ({ id }: Alert) => {
      const verdict = { alert: id, verdict: "false-positive", at: 1, by: "user:ada", rules: [] } as const
      await house.store.record({ verdicts: [verdict] })
      await house.responder.reviewEvidence([id], ada)
    }
    const [one, two] = alerts
    await mark(one ?? expect.unreachable())
    expect(the().pending).toBe(1)
    await mark(two ?? expect.unreachable())
    expect(house.responder.recommendations()).toEqual([])
    expect(await house.audit()).toContain("proposals dismissed")
    house = await house.again()
    await house.ingest(alerts, [])
    expect(house.responder.recommendations()).toEqual([])
  })

  it("is marked when it is masked or no longer stored", async () => {
    await only(asking())
    const [kept, lost] = [seen("203.0.113.1"), seen("203.0.113.2")]
    await house.responder.handle([kept, lost], [], (decided) =>
      house.store.record({ ...decided, alerts: [{ ...kept, masked: true }] }),
    )
    expect((await pending()).map(({ evidence }) => evidence)).toEqual(["masked", "gone"])
    expect(states((await decide({})).items)).toEqual(["203.0.113.1/32 withdrawn", "203.0.113.2/32 accepted"])
  })
})

describe("leaving interactive mode", () => {
  const id = policyId.parse("p")
  const wish = { mode: "automatic", pending: "accept", why: "attack goes on", preview: false } as const
  beforeEach(async () => {
    await only(asking())
    await house.ingest([seen("203.0.113.1"), seen("203.0.113.2")], [])
  })

  it("accepts everything pending after a preview that lists it, and forgets what was decided in it", async () => {
    await house.store.record({ policies: [asking({ interactiveStatus: "always-ignore" })] })
    const preview = await house.responder.changeMode(id, { ...wish, preview: true }, ada)
    expect(states(preview.items)).toEqual(["203.0.113.1/32 accepted", "203.0.113.2/32 accepted"])
    expect([blocked(), the().pending]).toEqual([[], 2])
    await expect(house.responder.changeMode(id, { ...wish, expected: 1 }, ada)).rejects.toThrow(
      /2 .* pending now, and 1/,
    )
    const change = await house.responder.changeMode(id, { ...wish, expected: 2 }, ada)
    expect([states(change.items), change.kept]).toEqual([states(preview.items), 0])
    expect(blocked()).toEqual(["203.0.113.1/32", "203.0.113.2/32"])
    expect(house.responder.recommendations()).toEqual([])
    expect(change.policy).toMatchObject({ mode: "automatic" })
    expect(change.policy.interactiveStatus).toBeUndefined()
    const [entry] = (await house.store.audit({})).items.filter(({ action }) => action === "policy mode")
    expect(entry).toMatchObject({ who: "user:ada", before: { mode: "interactive" }, after: { why: "attack goes on" } })
  })

  const keeping = [
    ["automatic", "keep"],
    ["monitor", "accept"],
    ["interactive", "accept"],
  ] as const
  it.each(keeping)("for %s with %s keeps what is pending", async (mode, what) => {
    expect(keeping).toHaveLength(3)
    const change = await house.responder.changeMode(id, { ...wish, mode, pending: what }, ada)
    expect([change.items, change.kept, the().pending, blocked()]).toEqual([[], 2, 2, []])
    expect((await house.store.countermeasures({})).items.filter((one) => isActive(one, startedAt))).toEqual([])
  })
})

function stageOf(name: string) {
  return {
    index: 0,
    name,
    intent: "exploitation",
    tactic: null,
    technique: null,
    firstAt: startedAt,
    lastAt: startedAt,
    count: 1,
    alerts: [`alr_${name}` as never],
    because: "test",
  } as const
}
