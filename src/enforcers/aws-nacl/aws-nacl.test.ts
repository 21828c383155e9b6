import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { type AclEntry, AwsError, type FakeAwsOptions, startFakeAws } from "../../../test/support/fake-aws/index.ts"
import {
  type Cidr,
  type Countermeasure,
  covers,
  createIds,
  createManualClock,
  type Direction,
  prefix,
  type Severity,
} from "../../core/index.ts"
import { createPacedApi } from "../aws/pace.ts"
import { itKeepsTheContract } from "../contract.ts"
import { type Block, type Enforcer, keyOf, type Operation } from "../enforcer.ts"
import { rangesOf } from "../ranges.ts"
import { createReconciler } from "../reconciler.ts"
import { createAwsNaclEnforcer } from "./aws-nacl.ts"
import { createNaclApi, type NaclCall } from "./client.ts"
import { awsNaclConfig } from "./config.ts"
import { planSlots, type Slot } from "./planner.ts"

afterEach(() => vi.unstubAllEnvs())

const region = "eu-central-1"
const start = 1_700_000_000_000
const signal = new AbortController().signal

async function openHouse(options: FakeAwsOptions = {}) {
  const clock = createManualClock(start)
  const aws = await startFakeAws({ now: clock.now, ...options })
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value)
  const arn = aws.ec2.addNetworkAcl(region)
  const shown: NaclCall[] = []
  const sleep = async (ms: number) => clock.advance(ms)
  const free = { everyMs: 0, atOnce: 1 }
  const open = (settings: object = {}): Enforcer => {
    const { kind, networkAcls, ...config } = awsNaclConfig.parse({ kind: "aws-nacl", networkAcls: [arn], ...settings })
    const [networkAcl] = networkAcls
    if (networkAcl === undefined) throw new Error("no network ACL")
    const api = createPacedApi(createNaclApi(), { clock, sleep, random: () => 0.5 }, { changes: free, reads: free })
    return createAwsNaclEnforcer(
      { clock, api, sleep, onDryRun: (call) => void shown.push(call) },
      { ...config, networkAcl },
    )
  }
  const ours = () =>
    aws.ec2
      .entries(arn)
      .filter(({ ruleNumber }) => ruleNumber < 100)
      .map(({ ruleNumber, egress, cidr }) => `${egress ? "out" : "in"} ${ruleNumber} ${cidr}`)
  return { aws, clock, arn, shown, open, ours, [Symbol.asyncDispose]: async () => aws[Symbol.asyncDispose]() }
}

const block = (target: string, direction: Direction = "inbound"): Block => ({
  target: prefix(target),
  direction,
  expiresAt: start + 3_600_000,
})
const add = (...blocks: readonly Block[]): readonly Operation[] => blocks.map((one) => ({ kind: "add", block: one }))
const remove = (...blocks: readonly Block[]): readonly Operation[] =>
  blocks.map((one) => ({ kind: "remove", block: one }))
const kinds = async (enforcer: Enforcer, operations: readonly Operation[]) =>
  (await enforcer.apply(operations, signal)).map(({ kind }) => kind)
const apart = (count: number, direction: Direction = "inbound") =>
  Array.from({ length: count }, (_, index) => block(`203.0.113.${2 * index}`, direction))

describe("AWS network ACLs", () => {
  describe("the contract", () => {
    itKeepsTheContract(async () => {
      const house = await openHouse()
      const enforcer = house.open()
      return {
        enforcer,
        again: () => house.open(),
        directions: ["inbound", "outbound"],
        now: house.clock.now,
        // A network ACL knows no ends: what is over, the reconciler removes.
        pass: async (ms) => {
          house.clock.advance(ms)
          const over = (await enforcer.observe(signal)).filter(
            ({ expiresAt }) => expiresAt !== null && expiresAt <= house.clock.now(),
          )
          await enforcer.apply(remove(...over), signal)
        },
        foreign: async () =>
          JSON.stringify(house.aws.ec2.entries(house.arn).filter(({ ruleNumber }) => ruleNumber >= 100)),
        holds: async (address, direction) =>
          house.aws.ec2.verdict(house.arn, direction === "outbound", address) === "deny",
        close: house[Symbol.asyncDispose],
      }
    })
  })

  it("takes numbers of its range that nobody has, in each direction by itself", async () => {
    await using house = await openHouse()
    const theirs = { ruleNumber: 6, egress: false, protocol: "6", ruleAction: "deny", cidr: "198.51.100.0/24" } as const
    const allowed = { ...theirs, ruleNumber: 9, protocol: "-1", ruleAction: "allow" } as const
    house.aws.ec2.change(house.arn, (entries) => [...entries, theirs, allowed])
    const enforcer = house.open({ ruleNumbers: { from: 5, to: 9 } })
    await enforcer.apply(add(...apart(2), block("2001:db8::1"), block("203.0.113.0", "outbound")), signal)
    expect(house.ours().sort()).toEqual([
      "in 5 203.0.113.0/32",
      "in 6 198.51.100.0/24",
      "in 7 203.0.113.2/32",
      "in 8 2001:db8::1/128",
      "in 9 198.51.100.0/24",
      "out 5 203.0.113.0/32",
    ])
    expect((await enforcer.observe(signal)).map(keyOf)).not.toContain("inbound 198.51.100.0/24")
    await enforcer.teardown(signal)
    expect(house.ours()).toEqual(["in 6 198.51.100.0/24", "in 9 198.51.100.0/24"])
  })

  it("has no more entries than numbers, of both families together, and waits for those that become free", async () => {
    await using house = await openHouse()
    const enforcer = house.open({ ruleNumbers: { from: 1, to: 3 } })
    const [one, two, six, other] = [...apart(2), block("2001:db8::1"), block("2001:db8::3")]
    if (!one || !two || !six || !other) throw new Error("too few blocks")
    expect(await kinds(enforcer, add(one, six, two, other))).toEqual(["applied", "applied", "applied", "not-enforced"])
    expect(await kinds(enforcer, [...remove(one), ...add(other)])).toEqual(["applied", "applied"])
    expect(house.ours()).toHaveLength(3)
  })

  it("leaves what somebody put into its range until it was looked at and not wanted", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.apply(add(block("203.0.113.7")), signal)
    const strange = {
      ruleNumber: 50,
      egress: false,
      protocol: "-1",
      ruleAction: "deny",
      cidr: "198.51.100.7/32",
    } as const
    house.aws.ec2.change(house.arn, (entries) => [...entries, strange])
    await enforcer.apply(add(block("203.0.113.9")), signal)
    expect(house.ours()).toContain("in 50 198.51.100.7/32")
    expect((await enforcer.observe(signal)).map(keyOf)).toContain("inbound 198.51.100.7/32")
    expect(await kinds(enforcer, remove(block("198.51.100.7")))).toEqual(["applied"])
    expect(house.ours()).toEqual(["in 1 203.0.113.7/32", "in 2 203.0.113.9/32"])
  })

  it("writes nothing twice while reads are old, and nothing that others took or removed", async () => {
    await using house = await openHouse({ staleMs: 1500 })
    house.clock.advance(10_000)
    const enforcer = house.open()
    const [one, two] = apart(2)
    if (!one || !two) throw new Error("too few blocks")
    const intrude = (by: (entries: readonly AclEntry[]) => readonly AclEntry[]) => () =>
      house.aws.ec2.change(house.arn, by)
    const theirs = {
      ruleNumber: 2,
      egress: false,
      protocol: "-1",
      ruleAction: "deny",
      cidr: "198.51.100.7/32",
    } as const
    house.aws.before("CreateNetworkAclEntry", () => undefined)
    house.aws.before(
      "CreateNetworkAclEntry",
      intrude((entries) => [...entries, theirs]),
    )
    expect(await kinds(enforcer, add(one, two))).toEqual(["applied", "applied"])
    const failed = () => house.aws.calls.flatMap(({ error }) => (error === null ? [] : [error]))
    expect([failed(), house.aws.changes().length]).toEqual([["NetworkAclEntryAlreadyExists"], 2])
    expect(house.ours()).toEqual(["in 1 203.0.113.0/32", "in 2 198.51.100.7/32", "in 3 203.0.113.2/32"])

    // One is removed, and something else makes it plan anew before that is seen.
    house.aws.forgetCalls()
    house.aws.before(
      "CreateNetworkAclEntry",
      intrude((entries) => [...entries, { ...theirs, ruleNumber: 1, egress: true }]),
    )
    const out = block("203.0.113.77", "outbound")
    expect(await kinds(enforcer, [...remove(two), ...add(out)])).toEqual(["applied", "applied"])
    expect([failed(), house.aws.changes().length]).toEqual([["NetworkAclEntryAlreadyExists"], 2])

    // And what it wanted to replace is gone.
    house.aws.forgetCalls()
    house.clock.advance(10_000)
    await enforcer.observe(signal)
    const gone = intrude((entries) => entries.filter(({ ruleNumber, egress }) => egress || ruleNumber !== 1))
    house.aws.before("ReplaceNetworkAclEntry", gone)
    expect(await kinds(enforcer, add(block("203.0.113.1")))).toEqual(["applied"])
    expect(failed()).toEqual(["InvalidNetworkAclEntry.NotFound"])
    expect(house.ours()).toContain("in 1 203.0.113.0/31")
  })

  it("tells of a removal that AWS does not allow", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.apply(add(block("203.0.113.7")), signal)
    const denied = "You are not authorized to perform: ec2:DeleteNetworkAclEntry on resource: x"
    house.aws.fail("DeleteNetworkAclEntry", new AwsError("UnauthorizedOperation", denied))
    expect(await enforcer.apply(remove(block("203.0.113.7")), signal)).toEqual([
      { kind: "failed", reason: expect.stringContaining("the permission ec2:DeleteNetworkAclEntry is missing on x") },
    ])
    await enforcer.apply(remove(block("203.0.113.7")), signal)
    expect(house.ours()).toEqual([])
  })

  it("fills the quota by rank after joining, and tells what found no room", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.observe(signal)
    // 20 less the default deny and the one that allows.
    const blocks = apart(20)
    expect(enforcer.excess?.(blocks).map(({ block: { target } }) => target)).toEqual([
      "203.0.113.36/32",
      "203.0.113.38/32",
    ])
    expect(enforcer.excess?.([...blocks.slice(0, 18), block("203.0.113.1")])).toEqual([])
    const results = await enforcer.apply(add(...blocks), signal)
    expect(results.filter(({ kind }) => kind === "applied")).toHaveLength(18)
    expect(results[19]).toEqual({
      kind: "not-enforced",
      reason: expect.stringMatching(
        /^capacity: the network ACL acl-\w+ has room for 18 of Thwart's inbound entries for IPv4 \(quota 20\)/,
      ),
    })
    // The other family and direction have quotas of their own.
    expect(await kinds(enforcer, add(block("2001:db8::1"), block("203.0.113.200", "outbound")))).toEqual([
      "applied",
      "applied",
    ])
  })

  it("believes AWS when the quota is smaller than was said", async () => {
    await using house = await openHouse({ maxAclEntries: 5 })
    const enforcer = house.open({ quota: 40 })
    const results = await kinds(enforcer, add(...apart(5)))
    expect(results).toEqual(["applied", "applied", "applied", "not-enforced", "not-enforced"])
    expect(enforcer.excess?.(apart(5))).toHaveLength(2)
    // After ten minutes it is tried whether AWS has raised it, and believed anew.
    for (const _ of [1, 2]) {
      house.clock.advance(400_000)
      expect(await kinds(enforcer, add(...apart(5)))).toEqual(results)
      house.clock.advance(201_000)
      expect(enforcer.excess?.(apart(5))).toEqual([])
      expect(await kinds(enforcer, add(...apart(5)))).toEqual(results)
      expect(enforcer.excess?.(apart(5))).toHaveLength(2)
    }
  })

  it("has room for 40 at most, for each direction and family", async () => {
    await using house = await openHouse({ maxAclEntries: 40 })
    const enforcer = house.open({ quota: 40 })
    const six = Array.from({ length: 39 }, (_, index) => block(`2001:db8::${(2 * index).toString(16)}`))
    const results = await kinds(enforcer, add(...apart(39), ...six, ...apart(39, "outbound")))
    expect(results.filter((kind) => kind === "applied")).toHaveLength(3 * 38)
    expect(results.flatMap((kind, index) => (kind === "not-enforced" ? [index] : []))).toEqual([38, 77, 116])
    expect(() => house.open({ quota: 41 })).toThrow(/40/)
  })

  it("lets one entry that AWS does not take hold up no other, and tells which", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    house.aws.refuseAddress("203.0.113.2/32")
    expect(await enforcer.apply(add(...apart(4)), signal)).toEqual([
      { kind: "applied" },
      { kind: "failed", reason: expect.stringMatching(/203\.0\.113\.2\/32 is malformed/) },
      { kind: "applied" },
      { kind: "applied" },
    ])
  })

  it("gives room to what ranks higher, and takes away what is over", async () => {
    await using house = await openHouse({ maxAclEntries: 4 })
    const enforcer = house.open({ quota: 4 })
    const ids = createIds({ now: () => start })
    const want = (target: string, severity: Severity, expiresAt: number): Countermeasure => ({
      id: ids.countermeasure(),
      ...block(target),
      action: "block",
      expiresAt,
      enforcers: [enforcer.id],
      severity,
      reason: { by: "test", text: "", policy: null, incident: null, alerts: [] },
      createdAt: start,
      endedAt: null,
      endReason: null,
      endedBy: null,
      reports: [],
    })
    const hour = start + 3_600_000
    const low = want("203.0.113.0", "low", hour)
    const [high, short] = [want("203.0.113.4", "high", hour), want("203.0.113.8", "critical", start + 1000)]
    let desired = [low]
    const said = new Map<string, string>()
    const errors: unknown[] = []
    const reconciler = createReconciler({
      enforcer,
      clock: house.clock,
      desired: () => desired,
      refusalNow: async () => undefined,
      report: async (id, { state, reason }) => void said.set(id, reason === null ? state : `${state}: ${reason}`),
      onError: (error) => void errors.push(error),
    })
    const round = async () => {
      reconciler.kick()
      await reconciler.settled()
    }
    await round()
    expect(house.ours()).toEqual(["in 1 203.0.113.0/32"])
    desired = [low, high, short]
    await round()
    expect([high, short].map(({ id }) => said.get(id))).toEqual(["applied", "applied"])
    expect(said.get(low.id)).toMatch(/^not-enforced: capacity: the network ACL acl-\w+ has room for 2/)
    house.clock.advance(1001)
    await round()
    expect([said.get(short.id), said.get(high.id), said.get(low.id)]).toEqual(["expired", "applied", "applied"])
    desired = []
    await round()
    expect([house.ours(), errors]).toEqual([[], []])
    await reconciler.stop()
  })

  it("replaces in one call what gives way to something wider or narrower", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.apply(add(block("203.0.113.0")), signal)
    house.aws.forgetCalls()
    await enforcer.apply(add(block("203.0.113.1")), signal)
    await enforcer.apply(remove(block("203.0.113.0")), signal)
    expect(house.aws.changes().map(({ action }) => action)).toEqual([
      "ReplaceNetworkAclEntry",
      "ReplaceNetworkAclEntry",
    ])
    expect(house.ours()).toEqual(["in 1 203.0.113.1/32"])
    await enforcer.apply(add(block("203.0.113.1")), signal)
    expect(house.aws.changes()).toHaveLength(2)
  })

  it("leaves everything over a restart, names it as it is wanted, and repairs what was changed by hand", async () => {
    await using house = await openHouse()
    const wanted = [block("203.0.113.0"), block("203.0.113.1"), block("203.0.113.9", "outbound")]
    await house.open().apply(add(...wanted), signal)
    const again = house.open()
    expect((await again.observe(signal, wanted)).map(keyOf)).toEqual(wanted.map(keyOf))
    house.aws.ec2.change(house.arn, (entries) => entries.filter(({ egress }) => !egress))
    expect((await again.observe(signal, wanted)).map(keyOf)).toEqual(wanted.slice(0, 2).map(keyOf))
    expect(await kinds(again, add(...wanted))).toEqual(["applied", "applied", "applied"])
    expect(house.ours()).toHaveLength(2)
  })

  it("plans anew when somebody takes the number it wanted, waits for reads that are old, and tries again when throttled", async () => {
    await using house = await openHouse({ staleMs: 1500 })
    house.clock.advance(10_000)
    const enforcer = house.open()
    const theirs = {
      ruleNumber: 1,
      egress: false,
      protocol: "-1",
      ruleAction: "deny",
      cidr: "198.51.100.7/32",
    } as const
    house.aws.before("CreateNetworkAclEntry", () => house.aws.ec2.change(house.arn, (entries) => [...entries, theirs]))
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    expect(house.ours()).toContain("in 2 203.0.113.7/32")
    house.aws.fail(
      "CreateNetworkAclEntry",
      new AwsError("RequestLimitExceeded", "Request limit exceeded.", { status: 503 }),
      2,
    )
    expect(await kinds(enforcer, add(block("203.0.113.9")))).toEqual(["applied"])
    expect(await kinds(enforcer, remove(block("203.0.113.7")))).toEqual(["applied"])
    expect(house.aws.ec2.verdict(house.arn, false, "203.0.113.9")).toBe("deny")
    expect(house.aws.ec2.verdict(house.arn, false, "203.0.113.7")).toBe("allow")
  })

  it("does not call in force what an earlier entry lets pass, be it one port", async () => {
    await using house = await openHouse()
    const web = { ruleNumber: 1, egress: false, protocol: "6", ruleAction: "allow", cidr: "0.0.0.0/0" } as const
    house.aws.ec2.change(house.arn, (entries) => [...entries, web])
    expect(await house.open().apply(add(block("203.0.113.7")), signal)).toEqual([
      { kind: "failed", reason: expect.stringMatching(/^rule 1 of the network ACL lets a part of it pass/) },
    ])
    house.aws.ec2.change(house.arn, (entries) => entries.filter(({ ruleNumber }) => ruleNumber > 2))
    const enforcer = house.open({ ruleNumbers: { from: 200, to: 220 } })
    expect(await enforcer.apply(add(block("203.0.113.7")), signal)).toEqual([
      {
        kind: "failed",
        reason: expect.stringMatching(/^rule 100 of the network ACL lets it pass.*lower ruleNumbers$/),
      },
    ])
    expect(await enforcer.observe(signal)).toEqual([])
  })

  const troubles: readonly (readonly [string, (house: Awaited<ReturnType<typeof openHouse>>) => unknown, RegExp])[] = [
    [
      "a missing permission",
      ({ aws }) => aws.setPolicy({ Version: "2012-10-17", Statement: [] }),
      /the permission ec2:DescribeNetworkAcls is missing on \*; "thwart aws iam-policy --network-acl arn:/,
    ],
    [
      "no such network ACL",
      ({ aws }) => aws.fail("DescribeNetworkAcls", new AwsError("InvalidNetworkAclID.NotFound", "no")),
      /there is no network ACL acl-\w+ in eu-central-1/,
    ],
    ["unknown credentials", () => vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIASOMEBODY"), /does not know the credentials/],
  ]
  it.each(troubles)("names %s, and what to do", async (_, arrange, message) => {
    await using house = await openHouse()
    arrange(house)
    await expect(house.open().observe(signal)).rejects.toMatchObject({
      code: "THWART_AWS_FAILED",
      message: expect.stringMatching(message),
    })
  })
  it("knows 3 troubles", () => expect(troubles).toHaveLength(3))

  it("shows each call of a dry run, and changes nothing", async () => {
    await using house = await openHouse()
    const enforcer = house.open({ dryRun: true })
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["not-enforced"])
    // It is not taken for written, and nobody waits for it.
    expect([await enforcer.observe(signal), house.clock.now()]).toEqual([[], start])
    expect(house.shown.map(({ action, input }) => [action, input.CidrBlock])).toEqual([
      ["CreateNetworkAclEntry", "203.0.113.7/32"],
    ])
    expect(house.aws.changes()).toEqual([])
  })
})

describe("a plan for entries", () => {
  const cidr = fc
    .tuple(fc.constantFrom(28, 30, 31, 32, 32), fc.nat(31))
    .map(([length, at]) => prefix(`203.0.113.${at}/${length}`))
  const joined = fc.array(cidr, { maxLength: 12 }).map((list) => rangesOf(4, list).cidrs())
  const numbered = (list: readonly Cidr[]): readonly Slot[] => list.map((one, at) => ({ number: at + 1, cidr: one }))
  const probes = Array.from({ length: 32 }, (_, last) => prefix(`203.0.113.${last}`))
  const statesOf = (before: readonly Slot[], wanted: readonly Cidr[], numbers: number) => {
    const held = new Map(before.map(({ number, cidr: one }) => [number, one]))
    const free = Array.from({ length: numbers }, (_, at) => at + 1).filter((number) => !held.has(number))
    const plan = planSlots({ wanted, ours: before, free })
    const states = [[...held.values()]]
    for (const { number, cidr: one } of [...plan.create, ...plan.replace])
      states.push([...held.set(number, one).values()])
    for (const { number } of plan.remove) {
      held.delete(number)
      states.push([...held.values()])
    }
    return { plan, states }
  }

  it("leads to exactly what is wanted, and never holds more entries than before or after", () => {
    fc.assert(
      fc.property(joined, joined, (earlier, wanted) => {
        const { plan, states } = statesOf(numbered(earlier), wanted, 40)
        expect(states.at(-1)?.toSorted()).toEqual([...wanted].sort())
        expect(plan.waiting).toEqual([])
        for (const state of states) expect(state.length).toBeLessThanOrEqual(Math.max(earlier.length, wanted.length))
      }),
    )
  })

  it("opens nothing in between when one block comes or goes", () => {
    fc.assert(
      fc.property(joined, cidr, fc.boolean(), (list, one, comes) => {
        const [without, with_] = [list, rangesOf(4, [...list, one]).cidrs()]
        const [earlier, wanted] = comes ? [without, with_] : [with_, without]
        const { states } = statesOf(numbered(earlier), wanted, 40)
        const held = (state: readonly Cidr[]) => probes.filter((probe) => state.some((other) => covers(other, probe)))
        const last = new Set(held(states.at(-1) ?? []))
        const staying = held(states[0] ?? []).filter((probe) => last.has(probe))
        for (const state of states) {
          const now = new Set(held(state))
          expect(staying.filter((probe) => !now.has(probe))).toEqual([])
        }
      }),
    )
  })

  it("leaves each number to its family, since each has its own quota", () => {
    const ours = [{ number: 1, cidr: prefix("203.0.113.9") }]
    expect(planSlots({ wanted: [prefix("2001:db8::1")], ours, free: [2] })).toEqual({
      create: [{ number: 2, cidr: "2001:db8::1/128" }],
      replace: [],
      remove: ours,
      waiting: [],
    })
  })

  it("makes what has no number wait", () => {
    const wanted = [prefix("203.0.113.0"), prefix("2001:db8::1")]
    expect(planSlots({ wanted, ours: [{ number: 1, cidr: prefix("203.0.113.9") }], free: [] })).toEqual({
      create: [],
      replace: [{ number: 1, cidr: "203.0.113.0/32" }],
      remove: [],
      waiting: ["2001:db8::1/128"],
    })
  })
})
