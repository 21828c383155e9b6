import { describe, expect, it } from "vitest"
import {
  type Alert,
  type NodeRef,
  nodeId,
  type QuarantinePolicy,
  quarantineActions,
  quarantinePolicy,
  type Stage,
  subjectOf,
} from "../core/index.ts"
import { alertAt, incidentAt } from "../store/testing/samples.ts"
import { policySentence } from "./sentence.ts"
import { ada, createHouse, type House, onAlerts, policyOf, startedAt } from "./testing/house.ts"

const nodeOf = (name: string, kind: NodeRef["kind"] = "container"): NodeRef => ({
  id: nodeId.parse(name),
  kind,
  name,
})
const quarantineOf = (overrides: Partial<QuarantinePolicy> = {}): QuarantinePolicy =>
  quarantinePolicy.parse({
    ...policyOf({ on: onAlerts, count: 1 }),
    blockMs: undefined,
    kind: "quarantine",
    nodeKind: "container",
    action: "pause",
    holdMs: 60_000,
    ...overrides,
  })
const quarantiners = [{ id: "engine", nodeKinds: ["container"], actions: [...quarantineActions] }] as const
const houseWith = async (policy: QuarantinePolicy, more: Parameters<typeof createHouse>[0] = {}) => {
  const house = await createHouse({ quarantiners, ...more })
  for (const one of await house.store.policies()) await house.responder.changePolicy({ ...one, enabled: false }, ada)
  await house.responder.changePolicy(policy, ada)
  return house
}
let made = 0
const alertOn = (node: NodeRef, overrides: Partial<Alert> = {}): Alert =>
  alertAt(startedAt, `q${made++}`, { node, ...overrides })
const shown = (house: House) => house.responder.desired().map((one) => `${one.action} ${subjectOf(one)}`)

describe("a quarantine policy", () => {
  it("acts on the node, by the enforcers that can, with its reason and end", async () => {
    const house = await houseWith(quarantineOf())
    await house.ingest([alertOn(nodeOf("shop-web"))], [])
    expect(house.responder.desired()).toMatchObject([
      {
        action: "pause",
        node: { id: "shop-web", kind: "container" },
        enforcers: ["engine"],
        expiresAt: startedAt + 60_000,
        reason: { by: "policy:p", text: "P: 1 High alert in 10 minutes → pause the container for 1 minute" },
        reports: [{ enforcer: "engine", state: "pending" }],
      },
    ])
    expect(await house.audit()).toContain("pause")
  })

  it("looks at nodes of its kind only", async () => {
    const house = await houseWith(quarantineOf())
    await house.ingest([alertOn(nodeOf("web1", "host")), alertOn(nodeOf("shop/shop-1", "pod"))], [])
    expect(shown(house)).toEqual([])
  })

  it("counts for each node, whoever attacks it", async () => {
    const house = await houseWith(quarantineOf({ count: 3 }))
    for (const name of ["a", "b", "a", "b"]) await house.ingest([alertOn(nodeOf(name))], [])
    expect(shown(house)).toEqual([])
    await house.ingest([alertOn(nodeOf("b"))], [])
    expect(shown(house)).toEqual(["pause container b"])
  })

  it("speaks for every node of an incident", async () => {
    const house = await houseWith(quarantineOf({ on: { kind: "incident", rule: null, minStages: 1 } }))
    const alert = alertOn(nodeOf("a"))
    const stage: Stage = {
      ...{ index: 0, name: "exploit", intent: "exploitation" as const, tactic: null, technique: null, because: "" },
      ...{ firstAt: startedAt, lastAt: startedAt, count: 1, alerts: [alert.id] },
    }
    const nodes = [nodeOf("a"), nodeOf("web1", "host"), nodeOf("b")]
    await house.ingest([alert], [incidentAt(startedAt, "q", { nodes, stages: [stage] })])
    expect(shown(house)).toEqual(["pause container a", "pause container b"])
  })

  it("makes one countermeasure that lasts longer while its cause goes on", async () => {
    const house = await houseWith(quarantineOf())
    await house.ingest([alertOn(nodeOf("a"))], [])
    const [first] = house.responder.desired()
    house.clock.set(startedAt + 30_000)
    await house.ingest([alertOn(nodeOf("a"))], [])
    expect(house.responder.desired()).toMatchObject([{ id: first?.id, expiresAt: startedAt + 90_000 }])
    house.clock.set(startedAt + 90_001)
    await house.responder.sweep()
    expect(shown(house)).toEqual([])
  })

  it.each(["monitor", "interactive"] as const)("touches nothing in mode %s, and says what it would", async (mode) => {
    const house = await houseWith(quarantineOf({ mode }))
    await house.ingest([alertOn(nodeOf("a"))], [])
    expect(shown(house)).toEqual([])
    expect(await house.audit()).toContain(
      mode === "monitor" ? "quarantine not enforced (monitor)" : "quarantine proposed",
    )
  })

  it("never decides on a protected node, by id or name, nor puts it in force", async () => {
    const house = await houseWith(quarantineOf(), { protectedNodes: ["db", "c0ffee"] })
    await house.ingest([alertOn(nodeOf("db")), alertOn({ ...nodeOf("0123456789ab"), name: "c0ffee" })], [])
    expect(shown(house)).toEqual([])
    expect(await house.audit()).toContain("quarantine refused")
    await house.ingest([alertOn(nodeOf("web"))], [])
    const [quarantine] = house.responder.desired()
    if (quarantine === undefined) throw new Error("nothing was quarantined")
    const later = await house.again({ protectedNodes: ["web"] })
    expect(await later.responder.refusalNow(quarantine)).toMatch(/container web is one of the nodes that are never/)
  })

  it("is held when more than five nodes would be quarantined within a minute, also after a restart", async () => {
    const house = await houseWith(quarantineOf())
    const nodes = Array.from({ length: 7 }, (_, index) => nodeOf(`n${index}`))
    await house.ingest(
      nodes.map((node) => alertOn(node)),
      [],
    )
    expect(shown(house)).toHaveLength(5)
    expect(await house.audit()).toContain("quarantine held")
    const later = await house.again()
    await later.ingest([alertOn(nodeOf("more"))], [])
    expect(shown(later)).toHaveLength(5)
    later.clock.set(startedAt + 60_001)
    await later.ingest([alertOn(nodeOf("more"))], [])
    expect(shown(later)).toContain("pause container more")
  })

  it("does not come back from the same evidence once it was undone as a false positive", async () => {
    const house = await houseWith(quarantineOf())
    const alert = alertOn(nodeOf("a"))
    await house.ingest([alert], [])
    const [quarantine] = house.responder.desired()
    if (quarantine === undefined) throw new Error("nothing was quarantined")
    await house.responder.undo(quarantine.id, { falsePositive: true, comment: "" }, ada)
    await house.ingest([alert], [])
    expect(shown(house)).toEqual([])
    await house.ingest([alertOn(nodeOf("a"))], [])
    expect(shown(house)).toEqual(["pause container a"])
  })

  it("names what no enforcer here can do", async () => {
    const house = await houseWith(quarantineOf({ enforcers: ["elsewhere"] }))
    await house.ingest([alertOn(nodeOf("a"))], [])
    expect(house.responder.desired()[0]?.reports).toMatchObject([
      {
        enforcer: "elsewhere",
        state: "not-enforced",
        reason: 'no enforcer for nodes of kind container "elsewhere" runs here',
      },
    ])
  })

  const sentences: readonly (readonly [Partial<QuarantinePolicy>, string])[] = [
    [{ action: "pause" }, "pause the container for 1 minute"],
    [{ action: "stop", nodeKind: "vm", holdMs: null }, "stop the virtual machine until someone ends it"],
    [{ action: "isolate" }, "isolate the container from its networks for 1 minute"],
    [{ action: "restart" }, "restart the container, at most once in 1 minute (this has no way back)"],
    [{ action: "remove", nodeKind: "pod" }, "remove the pod (this has no way back)"],
  ]
  it.each(sentences)("reads as a sentence: %o", (overrides, sentence) => {
    expect(sentences).toHaveLength(quarantineActions.length)
    expect(policySentence(quarantineOf(overrides))).toBe(`1 High alert in 10 minutes → ${sentence}`)
  })
})
