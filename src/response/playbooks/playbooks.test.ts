import { describe, expect, it } from "vitest"
import {
  type Alert,
  address,
  type Incident,
  nodeId,
  type PlaybookRun,
  playbookId,
  prefix,
  quarantineActions,
  ruleId,
  type Severity,
  subjectOf,
} from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import { alertAt, incidentAt } from "../../store/testing/samples.ts"
import { ada, createHouse, type House, onAlerts, policyOf, startedAt } from "../testing/house.ts"
import { directory, playbooksOf } from "./testing.ts"

const acl = "aws-nacl:eu-central-1/acl-0123456789abcdef0"
const container = { id: nodeId.parse("shop-web"), kind: "container", name: "shop-web" } as const
const quarantiners = [{ id: "containers", nodeKinds: ["container"], actions: [...quarantineActions] }] as const

let made = 0
const alertOf = (overrides: Partial<Alert> = {}, rule = "942100"): Alert =>
  alertAt(startedAt, `p${made++}`, {
    contributions: [{ rule: ruleId.parse(rule), message: "m", severity: "high", score: 5, tags: [], matches: [] }],
    ...overrides,
  })

/** A house without policies, with the playbooks of this text. */
async function houseWith(text: string, more: Parameters<typeof createHouse>[0] = {}): Promise<House> {
  const house = await createHouse({
    enforcers: ["nftables", acl],
    quarantiners,
    playbooks: { directory, files: playbooksOf(text).map((playbook) => ({ playbook, file: "test.yaml" })) },
    ...more,
  })
  for (const one of await house.store.policies()) await house.responder.changePolicy({ ...one, enabled: false }, ada)
  return house
}
const blocks = (house: House) =>
  house.responder.desired().map((one) => `${one.action} ${subjectOf(one)} by ${one.enforcers.join(" and ")}`)
const runsOf = async (house: House): Promise<readonly PlaybookRun[]> => (await house.store.playbookRuns({})).items
const outcomes = async (house: House) => (await runsOf(house))[0]?.steps.map(({ outcome }) => outcome)

describe("a playbook", () => {
  const line = `- { rule: 942100, network-acl: acl-0123456789abcdef0, mode: automatic, for: 1h }`

  it("on one line blocks the attacker of the rule's alert in the network ACL, with reason, end and audit", async () => {
    const house = await houseWith(line)
    const alert = alertOf()
    await house.ingest([alertOf({}, "other"), alertOf({ masked: true }), alert], [])
    expect(house.responder.desired()).toMatchObject([
      {
        action: "block",
        target: "203.0.113.66/32",
        direction: "inbound",
        enforcers: [acl],
        expiresAt: startedAt + 3_600_000,
        reason: { by: "playbook:942100/aws-nacl-acl-0123456789abcdef0", policy: null, alerts: [alert.id] },
        reports: [{ state: "pending" }],
      },
    ])
    const [block] = house.responder.desired()
    expect(await runsOf(house)).toMatchObject([
      {
        state: "done",
        subject: "address:203.0.113.66 node:web1",
        alerts: [alert.id],
        steps: [{ outcome: "done", countermeasures: [block?.id] }],
      },
    ])
    const [entry] = (await house.store.audit({})).items.filter(({ action }) => action === "playbook run")
    expect(entry).toMatchObject({ who: block?.reason.by, after: { steps: [{ outcome: "done", reason: null }] } })
  })

  it("does not run twice on the same evidence, also not after a restart; what goes on makes the block longer", async () => {
    const house = await houseWith(line)
    const [first, second] = [alertOf(), alertOf()]
    await house.ingest([first], [])
    house.clock.advance(300_000)
    await house.ingest([second], [])
    expect(house.responder.desired()).toMatchObject([{ expiresAt: startedAt + 300_000 + 3_600_000 }])
    expect(await runsOf(house)).toMatchObject([{ alerts: [first.id, second.id], count: 2 }])
    const rows = (await house.audit()).length
    await house.ingest([alertOf(), alertOf()], [])
    expect([(await runsOf(house))[0]?.count, (await house.audit()).length]).toEqual([2, rows])
    house.clock.advance(100_000)
    await house.ingest([alertOf()], [])
    expect((await runsOf(house))[0]?.count).toBe(5)
    const again = await house.again()
    await again.ingest([first, second], [])
    expect([await runsOf(again), again.responder.desired()]).toMatchObject([[{ count: 5 }], [{}]])
    again.clock.advance(3_600_000)
    await again.responder.sweep()
    for (const next of [again, await again.again()]) {
      await next.ingest([first, second], [])
      expect([(await runsOf(next)).length, blocks(next)]).toEqual([1, []])
    }
    await again.ingest([alertOf()], [])
    expect([(await runsOf(again)).length, blocks(again).length]).toEqual([2, 1])
  })

  it("blocks again when its block ran out while the attack goes on, unless a person ended it", async () => {
    const house = await houseWith("- { rule: 942100, enforcer: nftables, mode: automatic, for: 1m }")
    await house.ingest([alertOf()], [])
    house.clock.advance(61_000)
    await house.responder.sweep()
    expect(blocks(house)).toEqual([])
    await house.ingest([alertOf()], [])
    const [block] = house.responder.desired()
    expect([blocks(house).length, (await runsOf(house)).length]).toEqual([1, 1])
    if (block !== undefined) await house.responder.undo(block.id, { falsePositive: false, comment: "" }, ada)
    await house.ingest([alertOf()], [])
    expect(blocks(house)).toEqual([])
    house.clock.advance(600_000)
    await house.ingest([alertOf()], [])
    expect(blocks(house)).toHaveLength(1)
  })

  it("leaves alone what a person called a false positive", async () => {
    const house = await houseWith(line)
    const alert = alertOf()
    await house.ingest([alert], [])
    const [block] = house.responder.desired()
    if (block !== undefined) await house.responder.undo(block.id, { falsePositive: true, comment: "" }, ada)
    house.clock.advance(3_600_000)
    await (await house.again()).ingest([alert], [])
    expect(await runsOf(house)).toHaveLength(1)
  })

  const steps = `
id: all
mode: automatic
on: { rule: 942100 }
when: destination.port = 80
steps:
  - { block: source, for: 1h, enforcers: [nftables] }
  - { block: destination, for: 1h, enforcers: [nftables] }
  - { quarantine: pause, for: 10m, when: node.kind = "container" and severity = "critical" }
  - { status: contained }
  - { assign: grace }
  - { comment: look at the uploads }
`
  it("does its steps whose conditions hold, and says of the others what is missing", async () => {
    const house = await houseWith(steps)
    await house.ingest([alertOf({ destination: { address: address("192.0.2.1"), port: 22 } })], [])
    expect(await runsOf(house)).toEqual([])
    await house.ingest([alertOf({ node: container })], [])
    expect(blocks(house)).toEqual(["block 203.0.113.66/32 by nftables", "block 192.0.2.1/32 by nftables"])
    expect((await runsOf(house))[0]?.steps.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      "done null",
      "done null",
      'skipped its condition does not hold: severity = "critical": it is "high"',
      "skipped it is part of no incident",
      "skipped it is part of no incident",
      "skipped it is part of no incident",
    ])
    const alert = alertOf({ node: container, severity: "critical" })
    const incident = incidentWith([alert])
    await house.ingest([alert], [incident])
    expect(blocks(house)).toHaveLength(3)
    expect(blocks(house)[2]).toBe("pause container shop-web by containers")
    expect(await outcomes(house)).toEqual(["prolonged", "prolonged", "done", "done", "done", "done"])
    expect((await house.the(incident)).status).toBe("contained")
    expect(await house.store.incidentNotes(incident.id)).toMatchObject({
      assignee: "grace",
      comments: [{ by: "playbook:all", text: "look at the uploads" }],
    })
    await house.ingest([alertOf({ node: container, severity: "critical" })], [])
    expect((await house.store.incidentNotes(incident.id))?.comments).toHaveLength(1)
  })

  it("watches incidents: once for each, with what it can do when it grows", async () => {
    const house = await houseWith(`
id: grown
mode: automatic
on: { incident: thwart/kill-chain, stages: 2 }
severity: high
steps:
  - { block: attacker }
  - { quarantine: isolate, when: severity = "critical" }
`)
    const small = incidentWith([alertOf({ node: container })])
    await house.ingest([], [small])
    await house.ingest([], [{ ...grown(small, 1), severity: "medium" }])
    await house.ingest([], [{ ...grown(small, 1), status: "closed" }])
    expect(await runsOf(house)).toEqual([])
    await house.ingest([], [grown(small, 1)])
    expect(await outcomes(house)).toEqual(["done", "skipped"])
    const again = await house.again()
    await again.ingest([], [{ ...grown(small, 2), severity: "critical" }])
    expect(await outcomes(again)).toEqual(["prolonged", "done"])
    expect(blocks(again)).toEqual([
      `block 203.0.113.66/32 by nftables and ${acl}`,
      "isolate container shop-web by containers",
    ])
    expect(await runsOf(again)).toMatchObject([{ subject: `incident:${small.id}`, incident: small.id }])
  })

  it("watches a policy: when that has seen enough, and beside what the policy does", async () => {
    const house = await houseWith("- { policy: p, network-acl: acl-0123456789abcdef0, mode: automatic }")
    await house.responder.changePolicy(policyOf({ on: onAlerts, count: 2, enforcers: ["nftables"] }), ada)
    await house.ingest([alertOf()], [])
    expect(blocks(house)).toEqual([])
    await house.ingest([alertOf()], [])
    expect(blocks(house)).toEqual(["block 203.0.113.66/32 by nftables", `block 203.0.113.66/32 by ${acl}`])
    const counted = [alertOf({ attacker: address("203.0.113.9") }), alertOf({ attacker: address("203.0.113.9") })]
    await house.ingest(counted, [])
    house.clock.advance(3_700_000)
    const again = await house.again()
    await again.ingest(counted, [])
    expect(await runsOf(again)).toHaveLength(2)
  })

  const friends: readonly (readonly [who: string, reason: RegExp])[] = [
    ["10.0.0.1", /a gateway of this node/],
    ["192.0.2.7", /operator/],
    ["127.0.0.1", /loopback/],
    ["198.51.100.9", /allowlist/],
  ]
  it("is under the guardrails, as any policy, and says so", async () => {
    expect(friends).toHaveLength(4)
    const house = await houseWith(line)
    await house.responder.allow({ prefix: prefix("198.51.100.0/24"), comment: "ours", expiresAt: null }, ada)
    for (const [who, reason] of friends) {
      await house.ingest([alertOf({ attacker: address(who) })], [])
      const [run] = (await runsOf(house)).filter(({ attacker }) => attacker === who)
      expect(run?.steps).toMatchObject([{ outcome: "refused", reason: expect.stringMatching(reason) }])
    }
    expect(blocks(house)).toEqual([])
  })

  it("holds what is too much for a minute, begins 100 runs a minute at most, and says how many it left out", async () => {
    const other = "- { id: other, rule: other, enforcer: nftables, mode: automatic }"
    const house = await houseWith(`${line}\n${other}`)
    const flood = Array.from({ length: 150 }, (_, index) => alertOf({ attacker: address(`203.0.113.${index + 1}`) }))
    await house.ingest(flood, [])
    expect(blocks(house)).toHaveLength(60)
    const states = (await runsOf(house)).flatMap((run) => run.steps.map(({ outcome }) => outcome))
    expect([states.filter((one) => one === "done").length, states.filter((one) => one === "held").length]).toEqual([
      60, 40,
    ])
    await house.responder.sweep()
    const entries = (await house.store.audit({ limit: 1000 })).items
    expect(entries.find(({ action }) => action === "more playbook runs left out")?.after).toEqual({ leftOut: 50 })
    await house.ingest([alertOf({}, "other")], [])
    expect((await house.store.playbookRuns({ playbook: playbookId.parse("other") })).items).toHaveLength(1)
    house.clock.advance(61_000)
    await house.ingest([alertOf({ attacker: address("203.0.113.90") })], [])
    expect(blocks(house)).toHaveLength(61)
  })

  const modes = [
    ["interactive", "proposed", "playbook proposed"],
    ["monitor", "monitored", "playbook not enforced (monitor)"],
  ] as const
  it("only proposes, or only tells, in the other modes", async () => {
    expect(modes).toHaveLength(2)
    for (const [mode, state, told] of modes) {
      const house = await houseWith(`- { rule: 942100, enforcer: nftables, mode: ${mode} }`)
      await house.ingest([alertOf()], [])
      await house.ingest([alertOf()], [])
      expect(blocks(house)).toEqual([])
      expect(await runsOf(house)).toMatchObject([{ state, steps: [{ outcome: state, countermeasures: [] }] }])
      expect((await house.audit()).filter((action) => action === told)).toHaveLength(1)
    }
  })

  it("does what was proposed once a person accepts it, as things are by then", async () => {
    const house = await houseWith("- { rule: 942100, enforcer: nftables, every: 1h }")
    for (const who of ["203.0.113.1", "203.0.113.2", "203.0.113.3"])
      await house.ingest([alertOf({ attacker: address(who) })], [])
    const idOf = async (who: string) => (await runsOf(house)).find(({ attacker }) => attacker === who)?.id ?? ""
    await house.responder.allow({ prefix: prefix("203.0.113.2"), comment: "ours", expiresAt: null }, ada)
    const { decide } = (await house.again()).responder.playbooks
    expect(await decide(await idOf("203.0.113.1"), true, ada)).toMatchObject({ state: "done", by: "user:ada" })
    expect((await decide(await idOf("203.0.113.2"), true, ada)).steps).toMatchObject([{ outcome: "refused" }])
    expect(await decide(await idOf("203.0.113.3"), false, ada)).toMatchObject({ state: "rejected" })
    await expect(decide(await idOf("203.0.113.3"), true, ada)).rejects.toThrow(/it is rejected/)
    const again = await house.again()
    expect(blocks(again)).toEqual(["block 203.0.113.1/32 by nftables"])
    await again.ingest([alertOf({ attacker: address("203.0.113.3") })], [])
    expect(blocks(again)).toHaveLength(1)
    expect(await house.audit()).toContain("playbook rejected")
  })

  it("waits while the guardrails can't be asked, over a restart too", async () => {
    let broken = true
    const operators = async () => {
      if (broken) throw new Error("no operators")
      return []
    }
    const house = await houseWith(line, { operators })
    await house.ingest([alertOf()], [])
    expect([await runsOf(house), blocks(house)]).toMatchObject([[{ state: "waiting", steps: [] }], []])
    const again = await house.again()
    await again.responder.sweep()
    expect(blocks(again)).toEqual([])
    broken = false
    await again.responder.sweep()
    expect([await runsOf(again), blocks(again).length]).toMatchObject([[{ state: "done" }], 1])
    await again.responder.sweep()
    expect((await again.audit()).filter((action) => action === "playbook run")).toHaveLength(1)
  })

  it("has a target of notifications told once, with the run", async () => {
    const where = { ...directory, notificationTargets: ["on-call"] }
    const text =
      "{ id: told, mode: automatic, on: { rule: 942100 }, steps: [{ notify: on-call, text: look }, { notify: on-call }] }"
    const files = playbooksOf(text, where).map((playbook) => ({ playbook, file: "t" }))
    const house = await houseWith(line, { playbooks: { directory: where, files } })
    const stored: Changes[] = []
    for (const alert of [alertOf(), alertOf()])
      await house.responder.handle([alert], [], async (decided) => {
        stored.push(decided)
        await house.store.record({ ...decided, alerts: [alert] })
      })
    expect(
      stored.map(({ playbookNotices = [] }) => playbookNotices.map(({ target, text: words }) => [target, words])),
    ).toEqual([
      [
        ["on-call", "look"],
        ["on-call", null],
      ],
      [],
    ])
    const [run] = await runsOf(house)
    expect(stored[0]?.playbookRuns).toMatchObject([{ id: run?.id }])
    expect(stored[0]?.playbookNotices?.[0]?.run).toMatchObject({ id: run?.id, state: "done" })
  })

  it("is turned off and on, made, changed and removed by people, which outlives the process", async () => {
    const house = await houseWith(line)
    const id = playbookId.parse("942100/aws-nacl-acl-0123456789abcdef0")
    await house.responder.playbooks.turn(id, false, ada)
    const again = await house.again()
    await again.ingest([alertOf()], [])
    expect(blocks(again)).toEqual([])
    const { playbooks } = again.responder
    expect(playbooks.one(id)).toMatchObject({ file: "test.yaml", playbook: { enabled: false } })
    const [own] = playbooksOf("- { id: own, rule: 942100, enforcer: nftables, mode: automatic }")
    if (own === undefined) throw new Error("no playbook")
    await playbooks.put([own], ada)
    await again.ingest([alertOf()], [])
    expect(blocks(again)).toEqual(["block 203.0.113.66/32 by nftables"])
    await expect(playbooks.put([own, { ...own, id }], ada)).rejects.toThrow(/stands in test.yaml/)
    await expect(playbooks.put([{ ...own, when: "sevrity = 1" }], ada)).rejects.toThrow(/did you mean severity/)
    const third = (await again.again()).responder.playbooks
    expect(third.list().map(({ playbook, file }) => `${playbook.id} ${file}`)).toEqual([
      "942100/aws-nacl-acl-0123456789abcdef0 test.yaml",
      "own null",
    ])
    await third.remove(own.id, ada)
    expect(() => third.one(own.id)).toThrow(/no playbook own/)
    expect((await house.audit()).filter((action) => /playbook$/.test(action)).sort()).toEqual([
      "disable playbook",
      "playbook",
      "remove playbook",
    ])
  })

  it("shows in a dry run what would come of it, and changes nothing", async () => {
    const preview = async () => [{ enforcer: "nftables", calls: [{ call: "nft", body: null }], note: null }]
    const playbooks = { directory, files: [], preview }
    const house = await houseWith(line, { playbooks })
    const [playbook] = playbooksOf(steps)
    if (playbook === undefined) throw new Error("no playbook")
    const alert = alertOf({ attacker: address("10.0.0.1"), source: { address: address("10.0.0.1"), port: 1 } })
    const incident = { ...incidentWith([alert]), attacker: alert.attacker }
    await house.store.record({ alerts: [alert], incidents: [incident] })
    const dry = await house.responder.playbooks.dryRun(playbook, { kind: "alert", id: alert.id })
    expect(dry.steps.map(({ outcome, calls }) => `${outcome} ${calls.length}`)).toEqual([
      "refused 0",
      "done 1",
      "skipped 0",
      "done 0",
      "done 0",
      "done 0",
    ])
    expect(dry.whyNot).toEqual([])
    const sample = await house.responder.playbooks.dryRun(playbook, { kind: "sample" })
    expect([sample.steps[0]?.target, sample.whyNot]).toEqual([
      "203.0.113.66/32",
      ["its condition does not hold: destination.port = 80: it is 443"],
    ])
    const other = await house.responder.playbooks.dryRun(
      { ...playbook, severity: "critical", enabled: false },
      { kind: "incident", id: incident.id },
    )
    expect(other.whyNot[0]).toBe("it is turned off")
    expect(other.whyNot[1]).toMatch(/^it watches something else: When the rule 942100/)
    expect([blocks(house), await runsOf(house), (await house.the(incident)).status]).toEqual([[], [], "open"])
    await expect(
      house.responder.playbooks.dryRun(playbook, { kind: "alert", id: "alr_none" as Alert["id"] }),
    ).rejects.toThrow(/no alert/)
  })
})

function incidentWith(alerts: readonly Alert[]): Incident {
  const severity: Severity = "high"
  const stage = (index: number) => ({
    ...{ index, name: `s${index}`, intent: "exploitation" as const, tactic: null, technique: null },
    ...{ firstAt: startedAt, lastAt: startedAt, count: 1, alerts: alerts.map(({ id }) => id), because: "b" },
  })
  const nodes = alerts.map(({ node }) => node)
  return incidentAt(startedAt, `pb${made++}`, { severity, nodes, stages: [stage(0)] })
}

function grown(incident: Incident, by: number): Incident {
  const [first] = incident.stages
  const more = Array.from({ length: by }, (_, index) => ({ ...first, index: index + 1 }))
  return { ...incident, version: incident.version + by, stages: [...incident.stages, ...(more as Incident["stages"])] }
}
