import { afterEach, describe, expect, it, vi } from "vitest"
import { AwsError } from "../../../test/support/fake-aws/index.ts"
import { type Countermeasure, createIds, type Severity } from "../../core/index.ts"
import { itKeepsTheContract } from "../contract.ts"
import { type Block, type Enforcer, keyOf } from "../enforcer.ts"
import { createReconciler } from "../reconciler.ts"
import { add, apart, block, hourMs, openHouse, region, remove, signal, start, theirRule } from "./testing/house.ts"

afterEach(() => vi.unstubAllEnvs())

const kinds = async (enforcer: Enforcer, operations: Parameters<Enforcer["apply"]>[0]) =>
  (await enforcer.apply(operations, signal)).map(({ kind }) => kind)
const keys = async (enforcer: Enforcer, wanted: readonly Block[] = []) =>
  (await enforcer.observe(signal, wanted)).map(keyOf).sort()

describe("AWS WAF", () => {
  describe("the contract", () => {
    itKeepsTheContract(async () => {
      const house = await openHouse({ webAcl: { Rules: [theirRule()], InventedConfig: { Depth: 3 } } })
      const theirs = house.aws.waf.addIpSet({ region, scope: "REGIONAL", name: "theirs" })
      const enforcer = house.open()
      return {
        enforcer,
        again: () => house.open(),
        directions: ["inbound"],
        now: house.clock.now,
        // The service knows no ends: what is over, the reconciler removes.
        pass: async (ms) => {
          house.clock.advance(ms)
          const over = (await enforcer.observe(signal)).filter(
            ({ expiresAt }) => expiresAt !== null && expiresAt <= house.clock.now(),
          )
          await enforcer.apply(remove(...over), signal)
        },
        foreign: async () => {
          const { Rules, ...rest } = house.aws.waf.webAcl(house.arn)
          const rules = house.rules().filter(({ Name }) => Name === "theirs")
          return JSON.stringify([rest, rules, house.aws.waf.ipSets().find(({ ARN }) => ARN === theirs)])
        },
        holds: async (address) => house.holds(address),
        close: () => house[Symbol.asyncDispose](),
      }
    })
  })

  it("changes at most once a second of each kind, so that the service never has to throttle it", async () => {
    await using house = await openHouse({ paced: true, writeRate: { perSecond: 1, burst: 1 } })
    const enforcer = house.open({ setSize: 2 })
    await enforcer.apply(add(...apart(4), block("2001:db8::1")), signal)
    for (const one of apart(4)) await enforcer.apply(remove(one), signal)
    expect(house.aws.calls.filter(({ error }) => error !== null)).toEqual([])
    const updates = house.aws.changes().filter(({ action }) => action === "UpdateIPSet")
    expect(updates).toHaveLength(3)
    for (const [index, { at }] of updates.entries())
      if (index > 0) expect(at - (updates[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it("reads at most five times a second of each kind, for all web ACLs of a region together", async () => {
    await using house = await openHouse({ paced: true, readRate: { perSecond: 5, burst: 5 } })
    const arns = ["a", "b", "c"].map((name) => house.aws.waf.addWebAcl({ region, scope: "REGIONAL", name }))
    const enforcers = arns.map((arn) => house.open({ arn, setSize: 1, settings: { setsPerFamily: 4 } }))
    for (const enforcer of enforcers) await enforcer.apply(add(...apart(4)), signal)
    house.aws.forgetCalls()
    for (const enforcer of enforcers) expect(await keys(enforcer)).toHaveLength(4)
    const reads = house.aws.calls.filter(({ action }) => action === "GetIPSet")
    // Four sets of addresses and an empty one, for each.
    expect([reads.length, house.aws.calls.filter(({ error }) => error !== null)]).toEqual([15, []])
    const seconds = ((reads.at(-1)?.at ?? 0) - (reads[0]?.at ?? 0)) / 1000
    expect(seconds).toBeGreaterThanOrEqual(2)
    expect(seconds).toBeLessThan(4)
  })

  it("waits ever longer while it is throttled, and gives up only after six tries", async () => {
    await using house = await openHouse()
    house.aws.fail("CreateIPSet", new AwsError("ThrottlingException", "Rate exceeded"), 3)
    const enforcer = house.open()
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    const [first = 0, second = 0, third = 0] = house.waits
    expect([second / first, third / second]).toEqual([2, 2])
    house.aws.fail("UpdateIPSet", new AwsError("ThrottlingException", "Rate exceeded"), 6)
    expect(await enforcer.apply(add(block("203.0.113.9")), signal)).toEqual([
      { kind: "failed", reason: expect.stringMatching(/takes no more calls for the moment/) },
    ])
    expect(house.holds("203.0.113.7")).toBe(true)
  })

  it("reads and plans anew when somebody else writes in between, and keeps what they wrote", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    house.aws.before("UpdateWebACL", () =>
      house.aws.waf.change(house.arn, (body) => ({ ...body, Rules: [theirRule({ Priority: 0 })] })),
    )
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    expect(house.rules().map(({ Name, Priority }) => [Name, Priority])).toEqual([
      ["theirs", 0],
      ["thwart-v4", 1],
      ["thwart-v6", 2],
    ])
    const set = house.aws.waf.ipSets().find(({ Addresses }) => Addresses.length > 0)
    house.aws.before("UpdateIPSet", () =>
      house.aws.waf.change(set?.ARN ?? "", (body) => ({ ...body, Addresses: ["198.51.100.1/32"] })),
    )
    expect(await kinds(enforcer, add(block("203.0.113.9")))).toEqual(["applied"])
    expect(house.aws.calls.filter(({ error }) => error !== null).map(({ action, error }) => [action, error])).toEqual([
      ["UpdateWebACL", "WAFOptimisticLockException"],
      ["UpdateIPSet", "WAFOptimisticLockException"],
    ])
    for (const address of ["203.0.113.7", "203.0.113.9"]) expect(house.holds(address)).toBe(true)
    // What they added is told at the next look, and goes when nobody wants it.
    expect(await keys(enforcer)).toContain("inbound 198.51.100.1/32")
  })

  it("gives up on a web ACL that others never leave alone, and says so", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    for (let times = 0; times < 20; times++)
      house.aws.before("UpdateWebACL", () => house.aws.waf.change(house.arn, (body) => ({ ...body, Times: times })))
    expect(await enforcer.apply(add(block("203.0.113.7")), signal)).toEqual([
      { kind: "failed", reason: expect.stringMatching(/others keep changing it/) },
    ])
  })

  it("waits until the service shows what it took, and writes nothing twice meanwhile", async () => {
    await using house = await openHouse({ staleMs: 2000 })
    house.clock.advance(10_000)
    const enforcer = house.open()
    expect(await kinds(enforcer, add(block("203.0.113.7"), block("2001:db8::7")))).toEqual(["applied", "applied"])
    expect(await kinds(enforcer, add(block("203.0.113.9")))).toEqual(["applied"])
    expect(await kinds(enforcer, remove(block("203.0.113.7")))).toEqual(["applied"])
    expect(await keys(enforcer)).toEqual(["inbound 2001:db8::7/128", "inbound 203.0.113.9/32"])
    expect(house.aws.changes().map(({ action }) => action)).toEqual([
      "CreateIPSet",
      "CreateIPSet",
      "UpdateWebACL",
      "UpdateIPSet",
      "UpdateIPSet",
    ])
    expect(house.aws.calls.some(({ error }) => error === "WAFOptimisticLockException")).toBe(false)
  })

  it("leaves what somebody put into its set until it was looked at, even where it has to plan anew by old reads", async () => {
    await using house = await openHouse({ staleMs: 1500 })
    house.clock.advance(10_000)
    const enforcer = house.open({ setSize: 3, settings: { setsPerFamily: 2 } })
    await enforcer.apply(add(...apart(3)), signal)
    const [full] = house.aws.waf.ipSets()
    const theirs = ["10.0.0.0/32", "10.0.0.2/32", "198.51.100.7/32"]
    house.aws.waf.change(full?.ARN ?? "", (body) => ({ ...body, Addresses: theirs }))
    house.clock.advance(10_000)
    // The new set is known late, so that it is the fourth try at which somebody else was quicker.
    for (const _ of [1, 2, 3]) house.aws.before("UpdateWebACL", () => undefined)
    house.aws.before("UpdateWebACL", () => house.aws.waf.change(house.arn, (body) => ({ ...body, Changed: true })))
    expect(await kinds(enforcer, add(...apart(4).slice(2)))).toEqual(["applied", "applied"])
    expect(house.aws.calls.map(({ error }) => error)).toContain("WAFOptimisticLockException")
    expect(house.addresses()).toEqual([...theirs, "10.0.0.4/32", "10.0.0.6/32"])
  })

  it("removes at the second try what it could not remove at the first", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.apply(add(block("203.0.113.6"), block("203.0.113.7")), signal)
    const denied = "User: x is not authorized to perform: wafv2:UpdateIPSet on resource: y"
    house.aws.fail("UpdateIPSet", new AwsError("AccessDeniedException", denied))
    expect(await kinds(enforcer, remove(block("203.0.113.7")))).toEqual(["failed"])
    await enforcer.apply(remove(block("203.0.113.7")), signal)
    expect(house.addresses()).toEqual(["203.0.113.6/32"])
  })

  it("does not call in force what the service does not show", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.apply(add(block("203.0.113.7")), signal)
    house.clock.advance(hourMs)
    house.aws.setStaleMs(60_000)
    expect(await enforcer.apply(add(block("203.0.113.9")), signal)).toEqual([
      { kind: "failed", reason: expect.stringMatching(/does not show it yet/) },
    ])
    house.clock.advance(60_000)
    expect(await kinds(enforcer, add(block("203.0.113.9")))).toEqual(["applied"])
    expect(await keys(enforcer)).toEqual(["inbound 203.0.113.7/32", "inbound 203.0.113.9/32"])
  })

  it("joins neighbours in the sets, tells of each by itself, and knows them after a restart", async () => {
    await using house = await openHouse()
    const neighbours = Array.from({ length: 256 }, (_, last) => block(`203.0.113.${last}`))
    await house.open().apply(add(...neighbours), signal)
    expect(house.addresses()).toEqual(["203.0.113.0/24"])
    const again = house.open()
    expect(await keys(again, neighbours)).toEqual(neighbours.map(keyOf).sort())
    house.aws.forgetCalls()
    expect(await kinds(again, remove(block("203.0.113.128")))).toEqual(["applied"])
    expect(house.addresses()).toHaveLength(8)
    expect([house.holds("203.0.113.127"), house.holds("203.0.113.128"), house.holds("203.0.113.129")]).toEqual([
      true,
      false,
      true,
    ])
    expect(house.aws.changes()).toHaveLength(1)
  })

  it("spreads 25,000 addresses over three sets, and takes them back", async () => {
    await using house = await openHouse()
    const enforcer = house.open({ settings: { setsPerFamily: 3 } })
    // Of 30,002 the last two find no room.
    expect(enforcer.excess?.(apart(30_002)).map(({ block: { target } }) => target)).toEqual(
      apart(30_002)
        .slice(-2)
        .map(({ target }) => target),
    )
    const many = apart(25_000)
    expect(new Set(await kinds(enforcer, add(...many)))).toEqual(new Set(["applied"]))
    expect(house.aws.waf.ipSets().map(({ Addresses }) => Addresses.length)).toEqual([10_000, 0, 10_000, 5000])
    expect(house.holds("10.0.195.78")).toBe(true)
    await enforcer.apply(remove(...many.slice(1)), signal)
    expect(house.addresses()).toEqual(["10.0.0.0/32"])
    // What is not needed any more goes: an account has 100 sets.
    expect(house.aws.waf.ipSets()).toHaveLength(2)
  })

  const ids = createIds({ now: () => start })
  const want = (of: Block, severity: Severity, createdAt = start): Countermeasure => ({
    id: ids.countermeasure(),
    ...of,
    action: "block",
    enforcers: [`aws-waf:${region}/shop`],
    severity,
    reason: { by: "test", text: "", policy: null, incident: null, alerts: [] },
    createdAt,
    endedAt: null,
    endReason: null,
    endedBy: null,
    reports: [],
  })
  const reconcile = (enforcer: Enforcer, now: () => number, desired: () => readonly Countermeasure[]) => {
    const said = new Map<string, string>()
    const errors: unknown[] = []
    const reconciler = createReconciler({
      enforcer,
      clock: { now },
      desired,
      refusalNow: async () => undefined,
      report: async (id, { state, reason }) => void said.set(id, reason === null ? state : `${state}: ${reason}`),
      onError: (error) => void errors.push(error),
    })
    const round = async () => {
      reconciler.kick()
      await reconciler.settled()
      expect(errors).toEqual([])
    }
    return { said, round, reconciler }
  }

  it("fills what room there is by severity, then by the newest, after joining; the rest is told", async () => {
    await using house = await openHouse()
    const enforcer = house.open({ setSize: 3, settings: { setsPerFamily: 1 } })
    const low = want(block("10.0.0.1"), "low", start + 5)
    const old = want(block("10.0.0.3"), "high", start + 1)
    const newer = want(block("10.0.0.5"), "high", start + 2)
    const pair = [want(block("10.9.0.0"), "critical"), want(block("10.9.0.1"), "critical")]
    let desired = [low]
    const { said, round, reconciler } = reconcile(enforcer, house.clock.now, () => desired)
    await round()
    expect(said.get(low.id)).toBe("applied")
    desired = [low, old, newer, ...pair]
    await round()
    for (const one of [old, newer, ...pair]) expect(said.get(one.id)).toBe("applied")
    expect(said.get(low.id)).toMatch(/^not-enforced: capacity: the web ACL shop has room for 3 prefixes of IPv4/)
    expect(house.addresses().toSorted()).toEqual(["10.0.0.3/32", "10.0.0.5/32", "10.9.0.0/31"])
    desired = [low, newer]
    await round()
    expect(said.get(low.id)).toBe("applied")
    await reconciler.stop()
  })

  it("removes a block at its end, and one that somebody ended before", async () => {
    await using house = await openHouse()
    const [short, long] = [want(block("10.0.0.1", 1000), "high"), want(block("10.0.0.3"), "high")]
    let desired = [short, long]
    const { said, round, reconciler } = reconcile(house.open(), house.clock.now, () => desired)
    await round()
    expect([house.holds("10.0.0.1"), house.holds("10.0.0.3")]).toEqual([true, true])
    house.clock.advance(1001)
    await round()
    expect([house.holds("10.0.0.1"), house.holds("10.0.0.3")]).toEqual([false, true])
    expect(said.get(short.id)).toBe("expired")
    desired = []
    await round()
    expect(house.addresses()).toEqual([])
    await reconciler.stop()
  })

  const damages: readonly (readonly [string, (house: Awaited<ReturnType<typeof openHouse>>) => void])[] = [
    ["its rules were deleted", ({ aws, arn }) => aws.waf.change(arn, (body) => ({ ...body, Rules: [] }))],
    [
      "its rules only count",
      ({ aws, arn, rules }) =>
        aws.waf.change(arn, (body) => ({
          ...body,
          Rules: rules().map((rule) => ({ ...rule, Action: { Count: {} } })),
        })),
    ],
    [
      "its rules were moved behind another",
      ({ aws, arn, rules }) =>
        aws.waf.change(arn, (body) => ({
          ...body,
          Rules: [
            theirRule({ Priority: 0 }),
            ...rules().map((rule) => ({ ...rule, Priority: Number(rule.Priority) + 50 })),
          ],
        })),
    ],
    [
      "its set was emptied",
      ({ aws }) => {
        for (const { ARN } of aws.waf.ipSets()) aws.waf.change(ARN, (body) => ({ ...body, Addresses: [] }))
      },
    ],
    [
      "its set was deleted",
      ({ aws, arn }) => {
        aws.waf.change(arn, (body) => ({ ...body, Rules: [] }))
        for (const { ARN } of aws.waf.ipSets()) aws.waf.remove(ARN)
      },
    ],
  ]
  it.each(damages)("sees that nothing is in force when %s, and repairs it", async (_, damage) => {
    await using house = await openHouse()
    const enforcer = house.open()
    await enforcer.apply(add(block("203.0.113.7")), signal)
    house.clock.advance(hourMs)
    damage(house)
    expect(await keys(enforcer)).toEqual([])
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    expect(house.holds("203.0.113.7")).toBe(true)
    expect(await keys(enforcer)).toEqual(["inbound 203.0.113.7/32"])
  })
  it("was damaged in 5 ways", () => expect(damages).toHaveLength(5))

  const actions = [
    ["block", "Block"],
    ["captcha", "Captcha"],
    ["challenge", "Challenge"],
    ["count", "Allow"],
  ] as const
  it.each(actions)("with the action %s leads to %s", async (action, verdict) => {
    await using house = await openHouse()
    const enforcer = house.open({ settings: { action } })
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    expect(house.aws.waf.verdict(house.arn, { source: "203.0.113.7" })).toBe(verdict)
  })
  it("has 4 actions", () => expect(actions).toHaveLength(4))

  it("looks at the header that a proxy in front writes, when it is told to", async () => {
    await using house = await openHouse()
    const forwardedHeader = { name: "X-Forwarded-For", position: "last", fallback: "match" }
    const enforcer = house.open({ settings: { forwardedHeader } })
    await enforcer.apply(add(block("203.0.113.7")), signal)
    const verdict = (header: string) =>
      house.aws.waf.verdict(house.arn, { source: "198.51.100.1", headers: { "x-forwarded-for": header } })
    expect([verdict("10.0.0.1, 203.0.113.7"), verdict("203.0.113.7, 10.0.0.1"), verdict("nonsense")]).toEqual([
      "Block",
      "Allow",
      "Block",
    ])
    expect(await keys(enforcer)).toEqual(["inbound 203.0.113.7/32"])
  })

  const headers = [
    ["first", "no-match", "203.0.113.7, 10.0.0.1", "Block"],
    ["first", "no-match", "10.0.0.1, 203.0.113.7", "Allow"],
    ["last", "no-match", "10.0.0.1, 203.0.113.7", "Block"],
    ["last", "no-match", "203.0.113.7, 10.0.0.1", "Allow"],
    ["any", "no-match", "10.0.0.1, 203.0.113.7, 10.0.0.2", "Block"],
    ["any", "no-match", "10.0.0.1, 10.0.0.2", "Allow"],
    ["first", "no-match", "nonsense", "Allow"],
    ["first", "match", "nonsense", "Block"],
  ] as const
  it.each(headers)("by the %s address of a header (%s), %s is %s", async (position, fallback, header, verdict) => {
    await using house = await openHouse()
    const enforcer = house.open({ settings: { forwardedHeader: { name: "X-Client", position, fallback } } })
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    const request = { source: "203.0.113.7", headers: { "x-client": header } }
    expect(house.aws.waf.verdict(house.arn, request)).toBe(verdict)
    // Without the header there is no address, and nobody is held back.
    expect(house.holds("203.0.113.7")).toBe(false)
  })
  it("was tried with 8 headers", () => expect(headers).toHaveLength(8))

  it("works for CloudFront, which is in us-east-1", async () => {
    await using house = await openHouse()
    const arn = house.aws.waf.addWebAcl({ region: "us-east-1", scope: "CLOUDFRONT", name: "edge" })
    const enforcer = house.open({ arn })
    expect(enforcer.id).toBe("aws-waf:cloudfront/edge")
    expect(await kinds(enforcer, add(block("203.0.113.7")))).toEqual(["applied"])
    expect([house.holds("203.0.113.7", arn), house.holds("203.0.113.7")]).toEqual([true, false])
    expect(new Set(house.aws.calls.map(({ region: at, input }) => `${at} ${input.Scope}`))).toEqual(
      new Set(["us-east-1 CLOUDFRONT"]),
    )
  })

  it("shows each call of a dry run, and changes nothing", async () => {
    await using house = await openHouse()
    const enforcer = house.open({ settings: { dryRun: true } })
    expect(await enforcer.apply(add(block("203.0.113.7")), signal)).toEqual([
      { kind: "not-enforced", reason: "dry run: nothing is changed in AWS" },
    ])
    expect(house.aws.changes()).toEqual([])
    expect(house.shown.map(({ action }) => action)).toEqual(["CreateIPSet", "CreateIPSet", "UpdateWebACL"])
    expect(house.shown[0]?.input).toMatchObject({ IPAddressVersion: "IPV4", Addresses: ["203.0.113.7/32"] })
    expect(await keys(enforcer)).toEqual([])
  })

  it("says that it can't hold back what goes out, nor everything at once", async () => {
    await using house = await openHouse()
    const enforcer = house.open()
    expect(await enforcer.apply(add(block("203.0.113.7", hourMs, "outbound"), block("0.0.0.0/0")), signal)).toEqual([
      { kind: "not-enforced", reason: "AWS WAF sees requests that come in only" },
      { kind: "not-enforced", reason: "AWS WAF takes no prefix of length 0" },
    ])
    expect(await kinds(enforcer, add(block("0.0.0.0/1"), block("128.0.0.0/1")))).toEqual(["applied", "applied"])
    expect(house.addresses().toSorted()).toEqual(["0.0.0.0/1", "128.0.0.0/1"])
  })
})
