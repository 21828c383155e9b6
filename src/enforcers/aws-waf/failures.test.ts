import { readFileSync } from "node:fs"
import { afterEach, describe, expect, it, vi } from "vitest"
import { AwsError, associated } from "../../../test/support/fake-aws/index.ts"
import { createEnforcers } from "../../app/builtins.ts"
import { configSchema } from "../../app/config.ts"
import { prefix, systemClock } from "../../core/index.ts"
import { awsErrorIn, AwsError as CallError } from "../aws/call.ts"
import { rangesOf } from "../ranges.ts"
import { checkAwsWaf } from "./check.ts"
import { createWafApi } from "./client.ts"
import { namesFor } from "./names.ts"
import { planSets } from "./planner.ts"
import { add, apart, block, hourMs, openHouse, parsedArn, region, remove, signal, theirRule } from "./testing/house.ts"

afterEach(() => vi.unstubAllEnvs())

const one = block("203.0.113.7")
const other = block("2001:db8::7")
const denied = new AwsError(
  "AccessDeniedException",
  "User: x is not authorized to perform: wafv2:UpdateIPSet on resource: y",
)
const checkOf = (house: Awaited<ReturnType<typeof openHouse>>, arn = house.arn, priority = 0) =>
  checkAwsWaf(
    { api: createWafApi(), clock: house.clock, sleep: async () => undefined },
    { webAcl: parsedArn(arn), namePrefix: "thwart", action: "block", priority, forwardedHeader: null },
    signal,
  )

/** Ways in which keeping addresses in AWS WAF goes wrong in practice; each has to go well here. */
const failures: readonly (readonly [string, () => Promise<void>])[] = [
  [
    "a restart leaves a gap",
    async () => {
      await using house = await openHouse()
      const first = house.open()
      await first.apply(add(one, other), signal)
      await first.close()
      expect(house.holds("203.0.113.7")).toBe(true)
      house.aws.forgetCalls()
      const second = house.open()
      expect((await second.observe(signal, [one, other])).map(({ target }) => target)).toEqual([
        one.target,
        other.target,
      ])
      expect(
        (await second.apply([{ kind: "extend", block: one }, ...add(other)], signal)).map(({ kind }) => kind),
      ).toEqual(["applied", "applied"])
      expect(house.aws.changes()).toEqual([])
    },
  ],
  [
    "a crash leaks sets",
    async () => {
      const changes = ["CreateIPSet", "CreateIPSet", "UpdateWebACL"]
      for (const [steps] of changes.entries()) {
        await using house = await openHouse()
        // After so many changes nothing gets through any more; what was made stays, and the next start knows it by its name.
        for (const [index, action] of changes.entries())
          house.aws.before(action, () => {
            if (index === steps) house.aws.setPolicy({ Version: "2012-10-17", Statement: [] })
          })
        await expect(house.open().apply(add(one), signal)).rejects.toMatchObject({ code: "THWART_AWS_FAILED" })
        expect(house.aws.changes()).toHaveLength(steps + 1)
        house.aws.setPolicy(null)
        expect((await house.open().apply(add(one, other), signal)).map(({ kind }) => kind)).toEqual([
          "applied",
          "applied",
        ])
        expect(house.aws.waf.ipSets()).toHaveLength(2)
        expect([house.holds("203.0.113.7"), house.holds("2001:db8::7")]).toEqual([true, true])
      }
    },
  ],
  [
    "a name that begins like ours is taken for ours",
    async () => {
      await using house = await openHouse()
      const name = namesFor(parsedArn(house.arn), "thwart").setName({ family: 4, index: 1 })
      const body = { Addresses: ["192.0.2.1/32"] }
      const place = { region, scope: "REGIONAL", body } as const
      for (const theirs of [`${name}0_old`, `${name}_b`, name.replace("thwart_", "thwart-b_")])
        house.aws.waf.addIpSet({ ...place, name: theirs })
      const enforcer = house.open()
      await enforcer.apply(add(one), signal)
      expect((await enforcer.observe(signal)).map(({ target }) => target)).toEqual([one.target])
      await enforcer.teardown(signal)
      expect(house.addresses()).toEqual(["192.0.2.1/32", "192.0.2.1/32", "192.0.2.1/32"])
      // The very name, and nothing that says it is ours.
      house.aws.waf.addIpSet({ ...place, name })
      await expect(enforcer.apply(add(one), signal)).rejects.toMatchObject({
        code: "THWART_AWS_FAILED",
        message: expect.stringContaining(`"${name}"`),
      })
      expect(house.addresses()).toHaveLength(4)
    },
  ],
  [
    "two settings for one web ACL go unnoticed",
    async () => {
      await using house = await openHouse()
      const wish = { kind: "aws-waf", webAcls: [house.arn] } as const
      const make = (...wishes: readonly unknown[]) => createEnforcersFrom(wishes)
      expect(make(wish).map(({ id }) => id)).toEqual([`aws-waf:${region}/shop`])
      expect(() => make(wish, { ...wish, namePrefix: "b" })).toThrow(/"aws-waf:eu-central-1\/shop" is named twice/)
      expect(() => make({ kind: "aws-waf", webAcls: [house.arn, house.arn] })).toThrow(/named twice/)
    },
  ],
  [
    "one bad prefix poisons its set",
    async () => {
      await using house = await openHouse()
      house.aws.refuseAddress("203.0.113.9/32")
      const enforcer = house.open()
      const bad = { ...block("203.0.113.9") }
      const results = await enforcer.apply(add(one, bad, block("0.0.0.0/0"), block("203.0.113.200"), other), signal)
      expect(results.map(({ kind }) => kind)).toEqual(["applied", "failed", "not-enforced", "applied", "applied"])
      expect(results[1]).toMatchObject({ reason: expect.stringContaining("203.0.113.9/32") })
      // Nor does it the next time, in a set that is there already.
      expect((await enforcer.apply(add(bad, block("203.0.113.201")), signal)).map(({ kind }) => kind)).toEqual([
        "failed",
        "applied",
      ])
    },
  ],
  [
    "what failed in part is lost",
    async () => {
      await using house = await openHouse()
      const enforcer = house.open()
      await enforcer.apply(add(one), signal)
      house.aws.fail("UpdateIPSet", denied)
      const [four, six] = [block("203.0.113.9"), other]
      const results = await enforcer.apply(add(four, six), signal)
      expect(results).toEqual([
        { kind: "failed", reason: expect.stringContaining("wafv2:UpdateIPSet") },
        { kind: "applied" },
      ])
      // Nor does a look that fails lose what it was for.
      house.aws.fail("ListIPSets", denied)
      await expect(enforcer.observe(signal)).rejects.toMatchObject({ code: "THWART_AWS_FAILED" })
      // The next look tells what is missing, so that it is asked for again.
      expect((await enforcer.observe(signal)).map(({ target }) => target)).toEqual([one.target, six.target])
      expect(await enforcer.apply(add(four), signal)).toEqual([{ kind: "applied" }])
      expect(house.holds("203.0.113.9")).toBe(true)
    },
  ],
  [
    "only the first page is read",
    async () => {
      await using house = await openHouse({ pageSize: 2 })
      for (const name of ["a", "b", "c", "d", "e"]) {
        house.aws.waf.addIpSet({ region, scope: "REGIONAL", name })
        house.aws.waf.addWebAcl({ region, scope: "REGIONAL", name })
      }
      await house.open().apply(add(one), signal)
      expect((await house.open().apply(add(one, other), signal)).map(({ kind }) => kind)).toEqual([
        "applied",
        "applied",
      ])
      expect(house.aws.waf.ipSets()).toHaveLength(7)
      const last = house.aws.waf.addWebAcl({ region, scope: "REGIONAL", name: "late" })
      const [finding] = await checkOf(house, last.replace(/[^/]+$/, "0f3c0f3c"))
      expect(finding).toMatchObject({ state: "failed", found: expect.stringContaining(`one of this name is ${last}`) })
    },
  ],
  [
    "a set that somebody deleted is never made again, since its error comes wrapped",
    async () => {
      const inner = new CallError("WAFNonexistentItemException", "gone")
      expect(awsErrorIn(new Error("outer", { cause: new Error("middle", { cause: inner }) }))).toBe(inner)
      await using house = await openHouse()
      const enforcer = house.open()
      await enforcer.apply(add(one), signal)
      // Between reading and writing, so that the write is what finds out.
      const set = house.aws.waf.ipSets()[0]?.ARN ?? ""
      house.aws.before("UpdateIPSet", () => house.aws.waf.remove(set))
      expect(await enforcer.apply(add(block("203.0.113.9")), signal)).toEqual([{ kind: "applied" }])
      expect([house.holds("203.0.113.7"), house.holds("203.0.113.9")]).toEqual([true, true])
    },
  ],
  [
    "everything is written at every turn",
    async () => {
      await using house = await openHouse()
      const enforcer = house.open({ setSize: 3, settings: { setsPerFamily: 3 } })
      await enforcer.apply(add(...apart(7), other), signal)
      house.aws.forgetCalls()
      await enforcer.apply(add(...apart(7), other), signal)
      await enforcer.apply(remove(block("192.0.2.1")), signal)
      expect(house.aws.changes()).toEqual([])
      await enforcer.apply(remove(...apart(1)), signal)
      expect(house.aws.changes().map(({ action }) => action)).toEqual(["UpdateIPSet"])
    },
  ],
  [
    "additions before removals take away what was to stay, and what overlaps is held twice",
    async () => {
      await using house = await openHouse()
      const enforcer = house.open()
      await enforcer.apply(add(one), signal)
      await enforcer.apply([...remove(one), ...add(one)], signal)
      expect(house.holds("203.0.113.7")).toBe(true)
      await enforcer.apply(add(block("203.0.113.0/24")), signal)
      expect(house.addresses()).toEqual(["203.0.113.0/24"])
    },
  ],
  [
    "fields of the web ACL that are newer than the code are dropped",
    async () => {
      const body = {
        Description: "",
        TokenDomains: ["shop.example"],
        InventedConfig: { Depth: { Of: [1, 2] } },
        Rules: [theirRule({ Invented: true, Statement: { InventedStatement: { SearchString: "YQ==" } } })],
      }
      await using house = await openHouse({ webAcl: body })
      await house.open().apply(add(one), signal)
      const { Rules, ...rest } = house.aws.waf.webAcl(house.arn)
      expect(rest).toMatchObject({ TokenDomains: body.TokenDomains, InventedConfig: body.InventedConfig })
      expect(house.rules()[0]).toEqual(body.Rules[0])
      const sent = house.aws.changes().find(({ action }) => action === "UpdateWebACL")?.input ?? {}
      expect(Object.keys(sent)).not.toContain("ARN")
      expect(Object.keys(sent)).not.toContain("Capacity")
    },
  ],
  [
    "a rule in front lets pass what is held back behind it",
    async () => {
      await using house = await openHouse({ webAcl: { Rules: [theirRule({ Priority: 3 })] } })
      expect(await checkOf(house, house.arn, 2)).not.toContainEqual(expect.objectContaining({ state: "warning" }))
      expect(await checkOf(house, house.arn, 4)).toContainEqual({
        what: "order",
        state: "warning",
        found: expect.stringContaining('"theirs" lets requests pass before'),
      })
      await house.open({ settings: { priority: 2 } }).apply(add(one), signal)
      expect(house.rules().map(({ Name, Priority }) => [Name, Priority])).toEqual([
        ["theirs", 3],
        ["thwart-v4", 2],
        ["thwart-v6", 4],
      ])
      const passing = { source: "203.0.113.7", headers: { "x-match": "eA==" } }
      expect(house.aws.waf.verdict(house.arn, passing)).toBe("Block")
    },
  ],
  [
    "a set that can't be deleted yet is forgotten",
    async () => {
      await using house = await openHouse()
      const enforcer = house.open({ setSize: 2, settings: { setsPerFamily: 2 } })
      await enforcer.apply(add(...apart(4)), signal)
      expect(house.aws.waf.ipSets()).toHaveLength(3)
      house.aws.fail("DeleteIPSet", associated(), 2)
      await enforcer.apply(remove(...apart(4).slice(2)), signal)
      expect(house.aws.waf.ipSets()).toHaveLength(2)
      house.aws.fail("DeleteIPSet", associated(), 2)
      await enforcer.teardown(signal)
      expect([house.aws.waf.ipSets(), house.rules()]).toEqual([[], []])
    },
  ],
  [
    "a slow region holds up the others",
    async () => {
      await using house = await openHouse({ paced: true })
      const arn = house.aws.waf.addWebAcl({ region: "us-east-1", scope: "REGIONAL", name: "far" })
      const [near, far] = [house.open(), house.open({ arn })]
      const release = house.aws.stall("us-east-1")
      let done = false
      const slow = far.apply(add(one), signal).then(() => {
        done = true
      })
      expect(await near.apply(add(one), signal)).toEqual([{ kind: "applied" }])
      expect(done).toBe(false)
      release()
      await slow
      // Nor does one wait for the pace of the other: each only for that between its own two sets.
      expect(house.waits.filter((ms) => ms > 1000)).toHaveLength(2)
      expect([house.holds("203.0.113.7"), house.holds("203.0.113.7", arn)]).toEqual([true, true])
    },
  ],
  [
    "a change by hand stays unseen, and nothing shows what would be done",
    async () => {
      await using house = await openHouse()
      const enforcer = house.open()
      await enforcer.apply(add(one), signal)
      house.clock.advance(hourMs)
      const set = house.aws.waf.ipSets()[0]?.ARN ?? ""
      house.aws.waf.change(set, (body) => ({ ...body, Addresses: ["192.0.2.0/24"] }))
      const observed = (await enforcer.observe(signal)).map(({ target }) => target)
      expect(observed).toEqual(["192.0.2.0/24"])
      const repair = [...remove(block("192.0.2.0/24")), ...add(one)]
      await house.open({ settings: { dryRun: true } }).apply(repair, signal)
      expect(house.shown.map(({ action, input }) => [action, input.Addresses])).toEqual([
        ["UpdateIPSet", ["203.0.113.7/32"]],
      ])
      await enforcer.apply(repair, signal)
      expect(house.addresses()).toEqual(["203.0.113.7/32"])
    },
  ],
  [
    "addresses stand in sets that no rule looks at, and are called in force",
    async () => {
      await using house = await openHouse({ maxCapacity: 11, webAcl: { Rules: [theirRule()] } })
      const full = { kind: "not-enforced", reason: expect.stringMatching(/^capacity: the web ACL shop has room for 0/) }
      expect(await house.open().apply(add(one), signal)).toEqual([full])
      expect(await house.open().observe(signal)).toEqual([])
      // Where the rules can't be written, whatever the sets hold.
      await using locked = await openHouse()
      locked.aws.fail("UpdateWebACL", denied, 1)
      expect(await locked.open().apply(add(one), signal)).toEqual([
        { kind: "failed", reason: expect.stringContaining("is missing") },
      ])
      expect([locked.addresses(), await locked.open().observe(signal)]).toEqual([["203.0.113.7/32"], []])
      // With room for two of three sets.
      await using roomy = await openHouse({ maxCapacity: 12, webAcl: { Rules: [theirRule()] } })
      const enforcer = roomy.open({ setSize: 2, settings: { setsPerFamily: 2 } })
      await enforcer.apply(add(...apart(2)), signal)
      expect((await enforcer.apply(add(...apart(3)), signal)).map(({ kind }) => kind)).toEqual([
        "applied",
        "applied",
        "not-enforced",
      ])
      expect(roomy.aws.waf.ipSets()).toHaveLength(2)
      // And with room for no more sets in the account.
      await using crowded = await openHouse({ maxIpSets: 2 })
      const last = crowded.open({ setSize: 2, settings: { setsPerFamily: 2 } })
      expect((await last.apply(add(...apart(3)), signal)).map(({ kind }) => kind)).toEqual([
        "applied",
        "applied",
        "not-enforced",
      ])
      expect(last.excess?.(apart(3)).map(({ block: { target } }) => target)).toEqual(["10.0.0.4/32"])
    },
  ],
  [
    "work grows with the square of the addresses",
    async () => {
      const readsFor = (count: number) => {
        let reads = 0
        const counted = <T>(list: readonly T[]): readonly T[] =>
          new Proxy(list, {
            get: (of, key, receiver) => {
              if (typeof key === "string" && /^\d/.test(key)) reads++
              return Reflect.get(of, key, receiver)
            },
          })
        const many = apart(count).map(({ target }) => target)
        const size = count / 6
        const joined = rangesOf(4, counted(many)).cidrs()
        const plan = planSets({ family: 4, wanted: counted(joined), sets: [], size, maxSets: 6 })
        const sets = plan.create.map((set) => ({ ...set, addresses: counted(set.addresses) }))
        const wanted = counted([...many.slice(1), prefix("192.0.2.1")])
        const next = planSets({ family: 4, wanted, sets, size, maxSets: 6 })
        expect(next.write.map(({ index }) => index)).toEqual([1])
        return reads
      }
      // Twice as many addresses are looked at about twice as often, and not four times.
      expect(readsFor(6000) / readsFor(3000)).toBeLessThan(2.5)
    },
  ],
]

describe("what goes wrong in practice goes well here:", () => {
  it.each(failures)("%s", (_, run) => run())
  it("has 17 ways to go wrong", () => expect(failures).toHaveLength(17))
  it("tells of each in the reference", () => {
    const page = readFileSync(new URL("../../../docs/reference/aws.md", import.meta.url), "utf8")
    const told = [...page.matchAll(/^\| (\d+) \| (.+?) \| .+ \|$/gm)].map(([, number, name]) => [Number(number), name])
    expect(told).toEqual(failures.map(([name], index) => [index + 1, name]))
  })
})

function createEnforcersFrom(wishes: readonly unknown[]) {
  return createEnforcers(
    configSchema.parse({ enforcers: wishes }).enforcers,
    { clock: systemClock, onError: () => undefined, note: () => undefined },
    { netns: null, protectedNodes: [], dataDir: "/nowhere" },
  ).blocking
}
