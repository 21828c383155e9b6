import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../../test/support/alerts.ts"
import {
  type Alert,
  type AllowlistEntry,
  type Cidr,
  type NodeId,
  policyId,
  prefix,
  subjectOf,
} from "../../core/index.ts"
import { ada, createHouse, type House, onAlerts, policyOf, startedAt } from "../testing/house.ts"
import { indexAllowlist } from "./allowlist.ts"

const second = 1000
const hour = 3_600_000
let house: House
/** What the name stands for; a text is a failure. */
let dns: { addresses: readonly string[]; ttlMs: number } | string
let asked: string[]

const asnsOf = (target: Cidr) => new Set(target.startsWith("203.0.113.") ? [64_500, 64_501] : [])
const resolveHost = async (name: string) => {
  asked.push(name)
  if (typeof dns === "string") throw new Error(dns)
  return dns
}
const one = policyOf({ on: onAlerts, count: 1, blockMs: 10 * hour })
const wish = { comment: "office", expiresAt: null }
let n = 0
const alertOn = (node: string, attacker: string): Alert =>
  alertOf(++n, "exploitation", {
    ...{ at: house.clock.now(), attacker },
    node: { id: `id-${node}` as NodeId, kind: "host", name: node },
  })
const attackOn = (node: string, attacker: string) => house.ingest([alertOn(node, attacker)], [])
const blocked = () => house.responder.desired().map(subjectOf)
const later = async (ms: number) => {
  house.clock.advance(ms)
  await house.responder.refreshAllowlist()
}
const only = async (): Promise<AllowlistEntry> => {
  const [entry] = await house.store.allowlist()
  if (entry === undefined) throw new Error("the allowlist is empty")
  return entry
}

beforeEach(async () => {
  n = 0
  asked = []
  dns = { addresses: ["203.0.113.7", "2001:db8::7"], ttlMs: 60 * second }
  house = await createHouse({ resolveHost, asnsOf })
  await house.store.record({ policies: [one] })
})
afterEach(() => house.store.close())

describe("an entry of the allowlist", () => {
  const cases: readonly (readonly [Parameters<House["responder"]["allow"]>[0], friend: string, other: string])[] = [
    [{ ...wish, prefix: prefix("203.0.113.0/28") }, "203.0.113.15", "203.0.113.16"],
    [{ ...wish, range: "203.0.113.5-203.0.113.9" }, "203.0.113.9", "203.0.113.10"],
    [{ ...wish, range: "2001:db8::1-2001:db8::9" }, "2001:db8::5", "2001:db8::a"],
    [{ ...wish, host: "office.example.com" }, "203.0.113.7", "203.0.113.8"],
    [{ ...wish, host: "office.example.com" }, "2001:db8::7", "2001:db8::8"],
    [{ ...wish, asn: 64_501 }, "203.0.113.200", "198.51.100.1"],
  ]
  it.each(cases)("protects whom it names, and nobody else: %j", async (entry, friend, other) => {
    expect(cases).toHaveLength(6)
    await house.responder.allow(entry, ada)
    await attackOn("web", friend)
    await attackOn("web", other)
    expect(blocked()).toEqual([subjectOf({ action: "block", target: prefix(other) } as never)])
    const request = { target: prefix(friend), direction: "inbound", durationMs: hour, reason: "by hand" } as const
    await expect(house.responder.block(request, ada)).rejects.toThrow(/on the allowlist \(office; user:ada\)/)
  })

  it.each(cases)("frees at once whom it names, and tells: %j", async (entry, friend, other) => {
    await attackOn("web", friend)
    await attackOn("web", other)
    const { freed } = await house.responder.allow(entry, ada)
    expect(freed.map(subjectOf)).toEqual([prefix(friend)])
    expect(freed).toMatchObject([{ endReason: "allowlisted", endedBy: "user:ada" }])
    expect(blocked()).toEqual([prefix(other)])
  })

  it("has an owner who need not be who adds it, and the audit log has both", async () => {
    await house.responder.allow({ ...wish, prefix: prefix("203.0.113.7"), owner: "network team" }, ada)
    expect(await only()).toMatchObject({ owner: "network team", comment: "office" })
    expect((await house.store.audit({})).items[0]).toMatchObject({ who: "user:ada", after: { owner: "network team" } })
  })

  it("holds for its nodes alone: elsewhere the same address is blocked", async () => {
    await house.responder.allow({ ...wish, prefix: prefix("203.0.113.7"), nodes: ["staging", "id-test"] }, ada)
    await attackOn("staging", "203.0.113.7")
    await attackOn("test", "203.0.113.7")
    expect(blocked()).toEqual([])
    await attackOn("shop", "203.0.113.7")
    expect(blocked()).toEqual(["203.0.113.7/32"])
    const [block] = house.responder.desired()
    expect(block && (await house.responder.refusalNow(block))).toBeUndefined()
  })

  it("of some nodes frees what came of these alone, and stops a person, whose blocks hold everywhere", async () => {
    await attackOn("staging", "203.0.113.7")
    await attackOn("shop", "203.0.113.8")
    const { freed } = await house.responder.allow(
      { ...wish, prefix: prefix("203.0.113.0/24"), nodes: ["staging"] },
      ada,
    )
    expect(freed.map(subjectOf)).toEqual(["203.0.113.7/32"])
    expect(blocked()).toEqual(["203.0.113.8/32"])
    const request = { target: prefix("203.0.113.9"), direction: "inbound", durationMs: hour, reason: "x" } as const
    await expect(house.responder.block(request, ada)).rejects.toThrow(/\(office; user:ada; for staging\)/)
  })

  it("is kept apart from one of the same prefix for other nodes", () => {
    const base = { prefix: prefix("192.0.2.0/24"), comment: "c", owner: "o", createdAt: 0, expiresAt: null }
    const list = indexAllowlist(
      [
        { ...base, id: "a", nodes: ["a"] },
        { ...base, id: "b", nodes: ["b"] },
      ],
      undefined,
    )
    const on = (...names: readonly string[]) =>
      list.protecting(
        prefix("192.0.2.9"),
        names.map((name) => ({ id: name as NodeId, name })),
      )?.id
    expect([on("a"), on("b"), on("a", "b"), on("c")]).toEqual(["a", "b", undefined, undefined])
  })

  it("says in the audit log, once, that it is past its end, and protects no longer", async () => {
    await house.responder.allow({ ...wish, prefix: prefix("203.0.113.7"), expiresAt: startedAt + hour }, ada)
    await later(hour - 5 * second)
    await attackOn("web", "203.0.113.7")
    expect(blocked()).toEqual([])
    await later(5 * second)
    await later(10 * second)
    await later(10 * second)
    const audit = (await house.store.audit({})).items.filter(({ action }) => action === "allowlist entry ended")
    expect(audit).toMatchObject([
      { who: "system", before: { comment: "office" }, after: { endedAt: startedAt + hour } },
    ])
    await attackOn("web", "203.0.113.7")
    expect(blocked()).toEqual(["203.0.113.7/32"])
  })

  it("that can't be understood here holds everything back: no number of a system without its database", async () => {
    await house.responder.allow({ ...wish, asn: 64_500 }, ada)
    const errors: unknown[] = []
    const without = await house.again({ asnsOf: undefined, onError: (error) => errors.push(error) })
    await without.ingest([alertOn("web", "198.51.100.1")], [])
    expect(without.responder.desired()).toEqual([])
    expect(String(errors[0])).toMatch(/the allowlist has AS64500, and no database tells which addresses that has/)
    await expect(without.responder.allow({ ...wish, asn: 64_500 }, ada)).rejects.toThrow(/name one with asnDatabase/)
    await without.responder.disallow((await only()).id, ada)
    await without.responder.sweep()
    expect(without.responder.desired().map(subjectOf)).toEqual(["198.51.100.1/32"])
  })
})

describe("a host name on the allowlist", () => {
  const add = () => house.responder.allow({ ...wish, host: "office.example.com" }, ada)
  const actions = async () =>
    (await house.store.audit({})).items.map(({ action }) => action).filter((action) => action.startsWith("allowlist"))

  it("is not added when it can't be resolved", async () => {
    dns = "there is no such name"
    await expect(add()).rejects.toThrow(/office\.example\.com can't be resolved \(there is no such name\); nothing was/)
    expect(await house.store.allowlist()).toEqual([])
  })

  it("is asked for again when its time is over, and not before", async () => {
    await add()
    await later(25 * second)
    expect(asked).toHaveLength(1)
    await later(5 * second)
    expect(asked).toHaveLength(2)
    await later(55 * second)
    expect(asked).toHaveLength(2)
    await later(5 * second)
    expect(asked).toHaveLength(3)
    dns = { addresses: ["203.0.113.7", "2001:db8::7"], ttlMs: 1 }
    await later(60 * second)
    await later(20 * second)
    expect(asked).toHaveLength(4)
    expect(await actions()).toEqual([])
  })

  it("protects what it stands for now: a new address is freed at once, the old one may be blocked", async () => {
    await add()
    await attackOn("web", "203.0.113.99")
    dns = { addresses: ["203.0.113.99"], ttlMs: 60 * second }
    await later(60 * second)
    expect(blocked()).toEqual([])
    expect(await only()).toMatchObject({ covers: ["203.0.113.99/32"], problem: null })
    expect(await actions()).toEqual(["allowlist name office.example.com stands for others"])
    await attackOn("web", "203.0.113.99")
    await attackOn("web", "203.0.113.7")
    expect(blocked()).toEqual(["203.0.113.7/32"])
  })

  it("keeps what was known last while nobody answers, and says so once", async () => {
    await add()
    dns = "no resolver answered: ETIMEOUT"
    for (let minute = 0; minute < 5; minute++) await later(60 * second)
    expect(asked.length).toBeGreaterThan(3)
    expect(await only()).toMatchObject({
      covers: ["203.0.113.7/32", "2001:db8::7/128"],
      problem: "no resolver answered: ETIMEOUT",
    })
    await attackOn("web", "203.0.113.7")
    expect(blocked()).toEqual([])
    dns = { addresses: ["2001:db8::7", "203.0.113.7"], ttlMs: 60 * second }
    await later(60 * second)
    expect((await only()).problem).toBeNull()
    expect(await actions()).toEqual([
      "allowlist name office.example.com resolved again",
      "allowlist name office.example.com not resolved; what it stood for holds",
    ])
  })

  it("holds up no decision while it is asked for, and stays off when it was taken off meanwhile", async () => {
    const entry = await add()
    let answer: (value: typeof dns) => void = () => undefined
    const waiting = await house.again({
      resolveHost: () =>
        new Promise((resolve) => {
          answer = (value) => typeof value !== "string" && resolve(value)
        }),
    })
    house.clock.advance(hour)
    const refreshing = waiting.responder.refreshAllowlist()
    await new Promise((resolve) => setImmediate(resolve))
    await waiting.ingest([alertOn("web", "198.51.100.7")], [])
    expect(waiting.responder.desired().map(subjectOf)).toEqual(["198.51.100.7/32"])
    await waiting.responder.disallow(entry.id, ada)
    answer({ addresses: ["203.0.113.1"], ttlMs: 1 })
    await refreshing
    expect(await house.store.allowlist()).toEqual([])
  })
})

describe("what is proposed, or held back less than by a block", () => {
  const rate = { perSecond: 100, unit: "packets" } as const
  const subjects = [{ prefix: prefix("203.0.113.7") }, { range: "203.0.113.5-203.0.113.9" }, { asn: 64_501 }]
  const hows = [{ action: "block" }, { action: "limit", rate }] as const
  const cases = subjects.flatMap((subject) => hows.map((how) => ({ subject, how })))

  it.each(cases)("goes when an entry speaks for its address: %j", async ({ subject, how }) => {
    expect(cases).toHaveLength(6)
    await house.store.record({ policies: [{ ...one, ...how, mode: "interactive" }] })
    await attackOn("web", "203.0.113.7")
    expect(house.responder.recommendations()).toMatchObject([{ pending: 1, action: how.action }])
    // One that acts in the other direction leaves the proposal pending.
    await house.store.record({ policies: [{ ...one, ...how, id: policyId.parse("acts"), direction: "outbound" }] })
    await attackOn("web", "203.0.113.7")
    expect([blocked().length, house.responder.recommendations().length]).toEqual([1, 1])
    const { freed } = await house.responder.allow({ ...wish, ...subject }, ada)
    expect([freed.length, blocked(), house.responder.recommendations()]).toEqual([1, [], []])
  })

  it("stays where the entry is for other nodes, and goes when its name stands for the address later", async () => {
    await house.store.record({ policies: [{ ...one, mode: "interactive" }] })
    await attackOn("web", "203.0.113.9")
    await house.responder.allow({ ...wish, prefix: prefix("203.0.113.9"), nodes: ["db"] }, ada)
    await house.responder.allow({ ...wish, host: "office.example.com" }, ada)
    expect(house.responder.recommendations()).toMatchObject([{ pending: 1 }])
    dns = { addresses: ["203.0.113.9"], ttlMs: 60 * second }
    await later(2 * 60 * second)
    expect(house.responder.recommendations()).toEqual([])
  })
})
