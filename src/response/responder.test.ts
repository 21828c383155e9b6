import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createInProcessBus } from "../bus/index.ts"
import {
  type Alert,
  type AlertId,
  address,
  createIds,
  createManualClock,
  type Incident,
  type NetworkPolicy,
  networkPolicy,
  policyId,
  prefix,
  type Stage,
  subjectOf,
} from "../core/index.ts"
import { createSqliteStore, type Store } from "../store/index.ts"
import { alertAt, incidentAt } from "../store/testing/samples.ts"
import { createExplain } from "./explain.ts"
import { createResponder } from "./responder.ts"
import { policySentence } from "./sentence.ts"
import type { Responder, ResponderDeps } from "./services.ts"

const start = 1_700_000_000_000
const actor = { who: "user:ada", from: "192.0.2.7" }
const clock = createManualClock(start)
let store: Store
let responder: Responder

const open = async (overrides: Partial<ResponderDeps> = {}) => {
  const made = createResponder({
    clock,
    ids: createIds(clock),
    store,
    bus: createInProcessBus({ onError: () => undefined }),
    enforcers: ["kernel"],
    surroundings: () => [{ prefix: prefix("10.0.0.1"), why: "a gateway of this node" }],
    operators: async () => ["192.0.2.7"],
    setIncidentStatus: () => undefined,
    ...overrides,
  })
  await made.start()
  return made
}
beforeEach(async () => {
  clock.set(start)
  store = await createSqliteStore({ path: ":memory:" })
  responder = await open()
})
afterEach(() => store.close())

const stages = (count: number, alerts: readonly AlertId[] = []): readonly Stage[] =>
  Array.from({ length: count }, (_, index) => ({
    index,
    name: `stage ${index}`,
    intent: "exploitation",
    tactic: null,
    technique: null,
    firstAt: start,
    lastAt: start,
    count: 1,
    alerts,
    because: "test",
  }))
const incidentOf = (name: string, overrides: Partial<Incident> = {}) =>
  incidentAt(start, name, { severity: "critical", stages: stages(3), ...overrides })
const handle = async (incidents: readonly Incident[], alerts: readonly Alert[] = []) =>
  responder.handle(alerts, incidents, (decided) => store.record({ ...decided, incidents, alerts }))
const policyOf = (overrides: Partial<NetworkPolicy>) =>
  networkPolicy.parse({
    id: policyId.parse("p"),
    name: "P",
    enabled: true,
    mode: "automatic",
    on: { kind: "incident", rule: null, minStages: 3 },
    severity: "high",
    count: 1,
    windowMs: 600_000,
    blockMs: 60_000,
    enforcers: [],
    ...overrides,
  })
const onlyId = (of: Responder) => of.desired()[0]?.id ?? expect.unreachable("nothing is wanted")
const actions = async () => (await store.audit({})).items.map(({ action }) => action)

describe("response", () => {
  it("blocks the attacker of a grave incident for the policy's time, and stores why with its cause", async () => {
    await handle([incidentOf("a", { stages: stages(2) })])
    expect(responder.desired()).toEqual([])
    await handle([incidentOf("a", { version: 2 })])
    const [block] = responder.desired()
    expect(block).toMatchObject({
      target: "203.0.113.66/32",
      direction: "inbound",
      enforcers: ["kernel"],
      createdAt: start,
      expiresAt: start + 3_600_000,
      reason: { by: "policy:thwart/contain-chain", incident: "inc_a" },
      reports: [{ enforcer: "kernel", state: "pending" }],
    })
    expect((await store.countermeasures({ incident: incidentOf("a").id })).items).toEqual([block])
  })

  it("extends a block instead of doubling it", async () => {
    await handle([incidentOf("a")])
    clock.advance(600_000)
    await handle([incidentOf("a", { version: 2 })])
    expect(responder.desired()).toHaveLength(1)
    expect(responder.desired()[0]?.expiresAt).toBe(start + 600_000 + 3_600_000)
  })

  it("holds nothing that could not be stored", async () => {
    await expect(responder.handle([], [incidentOf("a")], () => Promise.reject(new Error("disk full")))).rejects.toThrow(
      "disk full",
    )
    expect(responder.desired()).toEqual([])
  })

  it("counts alerts in a window where a policy wants several", async () => {
    await store.record({
      policies: [
        policyOf({
          on: { kind: "alert", classtypes: [], intents: ["exploitation"], tactics: [], techniques: [] },
          count: 3,
        }),
      ],
    })
    for (const [at, wanted] of [
      [0, 0],
      [1000, 0],
      [700_000, 0],
      [701_000, 0],
      [702_000, 1],
    ] as const) {
      await handle([], [alertAt(start + at, `n${at}`)])
      expect(responder.desired(), String(at)).toHaveLength(wanted)
    }
    await handle([], [alertAt(start, "masked", { attacker: address("203.0.113.5"), masked: true })])
    expect(responder.desired()).toHaveLength(1)
  })

  it("never blocks a friend, says so in the audit log, and takes the same word from everybody", async () => {
    await responder.allow({ prefix: prefix("198.51.100.0/24"), comment: "office", expiresAt: null }, actor)
    const friends = [
      "127.0.0.1",
      "169.254.169.254",
      "fd00:ec2::254",
      "fe80::1",
      "224.0.0.1",
      "0.0.0.0",
      "10.0.0.1",
      "192.0.2.7",
      "198.51.100.9",
    ]
    for (const friend of friends) {
      await handle([incidentOf(`f${friends.indexOf(friend)}`, { attacker: address(friend) })])
      await expect(
        responder.block({ target: prefix(friend), direction: "inbound", durationMs: null, reason: "x" }, actor),
      ).rejects.toMatchObject({ code: "THWART_GUARDRAIL_REFUSED", message: expect.stringContaining(friend) })
    }
    expect(responder.desired()).toEqual([])
    expect((await actions()).filter((action) => action === "block refused")).toHaveLength(friends.length)
  })

  it("refuses prefixes that hold a friend or are too wide", async () => {
    const block = (target: string) =>
      responder.block({ target: prefix(target), direction: "inbound", durationMs: 1000, reason: "x" }, actor)
    await expect(block("203.0.0.0/15")).rejects.toThrow(/wider than \/16/)
    await expect(block("192.0.2.0/24")).rejects.toThrow(/operator/)
    await expect(block("::/0")).rejects.toThrow(/never blocked/)
    await expect(block("203.0.113.0/24")).resolves.toMatchObject({ target: "203.0.113.0/24" })
  })

  it("makes no more than the limit of automatic blocks in a minute", async () => {
    const many = Array.from({ length: 70 }, (_, index) =>
      incidentOf(`m${index}`, { attacker: address(`203.0.113.${index + 1}`) }),
    )
    await handle(many)
    expect(responder.desired()).toHaveLength(60)
    clock.advance(61_000)
    await handle([incidentOf("late", { attacker: address("203.0.113.200") })])
    expect(responder.desired()).toHaveLength(61)
  })

  it("decides and enforces nothing new while the allowlist can't be read, loses no alert, and decides as soon as it can", async () => {
    await responder.block(
      { target: prefix("203.0.113.9"), direction: "inbound", durationMs: 60_000, reason: "x" },
      actor,
    )
    const [block] = responder.desired()
    if (block === undefined) throw new Error("nothing was blocked")
    let broken = true
    const errors: unknown[] = []
    const allowlist = () => (broken ? Promise.reject(new Error("gone")) : store.allowlist())
    responder = await open({ store: { ...store, allowlist }, onError: (error) => errors.push(error) })
    await handle([incidentOf("a"), incidentOf("b", { attacker: address("203.0.113.67") })], [alertAt(start, "n1")])
    expect((await store.alerts({})).items).toHaveLength(1)
    expect(await actions()).toContain("block held")
    expect(errors).toHaveLength(1)
    await responder.sweep()
    await expect(responder.refusalNow(block)).rejects.toThrow("gone")
    await expect(
      responder.block({ target: prefix("203.0.113.8"), direction: "inbound", durationMs: 1, reason: "x" }, actor),
    ).rejects.toThrow("gone")
    expect(responder.desired()).toEqual([block])
    await responder.changeIncident(incidentOf("b").id, "closed", actor)
    broken = false
    await responder.sweep()
    expect(responder.desired().map(subjectOf)).toEqual(["203.0.113.9/32", "203.0.113.66/32"])
  })

  it("decides what was held also after a restart, and when the store rejected the decision before", async () => {
    let [isReadable, rejects] = [false, false]
    const real = store
    const flaky: Store = {
      ...real,
      allowlist: async () => (isReadable ? real.allowlist() : Promise.reject(new Error("no"))),
      record: async (changes) => (rejects ? Promise.reject(new Error("full")) : real.record(changes)),
    }
    responder = await open({ store: flaky })
    await handle([incidentOf("chain")])
    expect(responder.desired()).toEqual([])
    responder = await open({ store: flaky })
    isReadable = true
    rejects = true
    await expect(responder.sweep()).rejects.toThrow("full")
    expect(responder.desired()).toEqual([])
    // Set back, so that what comes later does not look newer.
    clock.advance(-3_600_000)
    rejects = false
    await responder.sweep()
    expect(responder.desired()).toHaveLength(1)
    await responder.undo(onlyId(responder), { falsePositive: false, comment: "" }, actor)
    const again = await open()
    await again.sweep()
    expect(again.desired()).toEqual([])
  })

  it("only shows in monitor mode, and only proposes in interactive mode", async () => {
    for (const [mode, action] of [
      ["monitor", "block not enforced (monitor)"],
      ["interactive", "block proposed"],
    ] as const) {
      await store.record({ policies: [{ ...policyOf({ mode }), id: policyId.parse("thwart/contain-chain") }] })
      await handle([incidentOf(mode)])
      expect(responder.desired()).toEqual([])
      expect(await actions()).toContain(action)
    }
  })

  it("frees at once what goes on the allowlist", async () => {
    await handle([incidentOf("a")])
    await responder.allow({ prefix: prefix("203.0.113.0/24"), comment: "ours", expiresAt: null }, actor)
    expect(responder.desired()).toEqual([])
    expect((await store.countermeasures({})).items[0]).toMatchObject({ endReason: "allowlisted", endedBy: "user:ada" })
  })

  it("remembers what was undone as a false positive, also after a restart, but not new evidence", async () => {
    await store.record({ incidents: [incidentOf("a")] })
    await handle([incidentOf("a", { version: 2 })])
    const [block] = responder.desired()
    if (block === undefined) throw new Error("nothing was blocked")
    await responder.undo(block.id, { falsePositive: true, comment: "our scanner" }, actor)
    expect((await store.incident(incidentOf("a").id))?.status).toBe("false-positive")
    await handle([incidentOf("a", { version: 9 })])
    expect(responder.desired()).toEqual([])
    responder = await open()
    await handle([incidentOf("a", { version: 10 })])
    expect(responder.desired()).toEqual([])
    await handle([incidentOf("b")])
    expect(responder.desired()).toHaveLength(1)
  })

  it("ends blocks at their time, and takes up the others after a restart", async () => {
    await responder.block(
      { target: prefix("203.0.113.1"), direction: "inbound", durationMs: 10_000, reason: "x" },
      actor,
    )
    await responder.block({ target: prefix("203.0.113.2"), direction: "inbound", durationMs: null, reason: "x" }, actor)
    clock.advance(10_001)
    expect(responder.desired().map(subjectOf)).toEqual(["203.0.113.2/32"])
    await responder.sweep()
    expect((await store.countermeasures({})).items.find((one) => subjectOf(one) === "203.0.113.1/32")).toMatchObject({
      endReason: "expired",
      endedBy: "system",
    })
    expect((await open()).desired().map(subjectOf)).toEqual(["203.0.113.2/32"])
  })

  it("hands out what ended until it is reported as gone, also when the run that ended it was killed before", async () => {
    const block = { target: prefix("203.0.113.1"), direction: "inbound", durationMs: null, reason: "x" } as const
    const { id } = await responder.block(block, actor)
    const report = { enforcer: "kernel", reason: null, since: start, checkedAt: start }
    await responder.report(id, { ...report, state: "applied" })
    expect(responder.leaving()).toEqual([])
    await responder.undo(id, { falsePositive: false, comment: "" }, actor)
    const again = await open()
    expect(again.leaving().map((one) => one.id)).toEqual([id])
    await again.report(id, { ...report, state: "expired" })
    expect(again.leaving()).toEqual([])
    expect((await open()).leaving()).toEqual([])
  })

  it("calls an incident contained once its block is in force, and keeps since when a state holds", async () => {
    await handle([incidentOf("a")])
    const [block] = responder.desired()
    if (block === undefined) throw new Error("nothing was blocked")
    const report = (at: number) =>
      ({ enforcer: "kernel", state: "applied", reason: null, since: at, checkedAt: at }) as const
    await responder.report(block.id, report(start + 10))
    expect((await store.incident(incidentOf("a").id))?.status).toBe("contained")
    await responder.report(block.id, report(start + 20))
    await responder.report(block.id, report(start + 120_000))
    expect((await store.countermeasure(block.id))?.reports).toEqual([
      { ...report(start + 10), checkedAt: start + 120_000 },
    ])
  })

  it("explains an address back to the bytes, whatever was asked about", async () => {
    const alert = alertAt(start, "a", {
      contributions: [
        {
          rule: "9500200" as never,
          message: "SQL: a UNION",
          severity: "high",
          score: 5,
          tags: [],
          matches: [{ variable: "ARGS:q", value: "x' UNION\u001b[31m SELECT", offset: 3, length: 17 }],
        },
      ],
    })
    await handle([incidentOf("a", { stages: stages(3, [alert.id]) })], [alert])
    const explain = createExplain(store)
    const [block] = responder.desired()
    for (const subject of ["203.0.113.66", block?.id ?? "", incidentOf("a").id]) {
      const { story, alerts, incidents, countermeasures } = await explain(subject)
      expect([countermeasures.length, incidents.length, alerts.length], subject).toEqual([1, 1, 1])
      expect(story.join("\n"), subject).toContain('ARGS:q held "UNION\\x1b[31m SELECT"')
    }
    await expect(explain("198.51.100.1")).rejects.toMatchObject({ code: "THWART_NOT_FOUND" })
  })

  it("reads as sentences", () => {
    const sentences = [
      [
        policyOf({ blockMs: 3_600_000 }),
        "1 High incident with at least 3 stages in 10 minutes → block the address for 1 hour",
      ],
      [
        policyOf({
          count: 10,
          on: { kind: "alert", classtypes: [], intents: [], tactics: ["TA0011"], techniques: [] },
          blockMs: 600_000,
        }),
        "10 High alerts with tactic Command and Control in 10 minutes → block the address for 10 minutes",
      ],
      [
        policyOf({ blockMs: null }),
        "1 High incident with at least 3 stages in 10 minutes → block the address until someone ends it",
      ],
    ] as const
    expect(sentences).toHaveLength(3)
    for (const [policy, sentence] of sentences) expect(policySentence(policy)).toBe(sentence)
  })
})
