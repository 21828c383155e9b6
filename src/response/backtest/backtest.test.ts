import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../../test/support/alerts.ts"
import { killChainRules } from "../../../test/support/kill-chain.ts"
import {
  type Alert,
  address,
  createIds,
  createManualClock,
  type Policy,
  prefix,
  quarantinePolicy,
  ruleException,
} from "../../core/index.ts"
import { createClusterer, createCorrelator, parseCorrelationRules } from "../../correlation/index.ts"
import { createSqliteStore } from "../../store/index.ts"
import { defaultPolicies } from "../policies.ts"
import { ada, attack, createHouse, type House, onAlerts, policyOf, startedAt } from "../testing/house.ts"
import { createBacktest } from "./backtest.ts"
import type { BacktestLimits } from "./services.ts"

const minute = 60_000
const hour = 60 * minute
let house: House
const correlateBy = (rules: Parameters<typeof createCorrelator>[0]) => ({
  correlator: createCorrelator(rules),
  clusterer: createClusterer([]),
})
const correlate = () => correlateBy(killChainRules)
const quiet = new AbortController().signal

function backtestOf(of: House, limits?: BacktestLimits) {
  return createBacktest(
    {
      clock: of.clock,
      store: of.store,
      correlate,
      scratch: () => createSqliteStore({ path: ":memory:" }),
      enforcers: ["kernel"],
      quarantiners: [{ id: "containers", nodeKinds: ["container"], actions: ["pause"] }],
      surroundings: () => [{ prefix: prefix("10.0.0.1"), why: "a gateway of this node" }],
      operators: async () => ["192.0.2.7"],
    },
    limits,
  )
}

/** Over the ten hours since the house began. */
const look = (
  policies: readonly Policy[],
  { since = startedAt, limits }: { since?: number; limits?: BacktestLimits } = {},
) => backtestOf(house, limits).run({ policies, since, until: startedAt + 10 * hour }, () => undefined, quiet)

let n = 0
const alertAt = (
  afterMs: number,
  fields: Parameters<typeof alertOf>[2] = {},
  intent: Alert["intent"] = "exploitation",
) => alertOf(++n, intent, { at: startedAt + afterMs, ...fields })
const chainOf = (attacker: string, afterMs: number) => [
  alertAt(afterMs, { attacker }, "reconnaissance"),
  alertAt(afterMs + minute, { attacker }, "exploitation"),
  alertAt(afterMs + 2 * minute, { attacker }, "installation"),
]
const one = policyOf({ on: onAlerts, severity: "high", count: 1, blockMs: hour })

beforeEach(async () => {
  n = 0
  house = await createHouse()
  await house.store.record({ policies: defaultPolicies.map((policy): Policy => ({ ...policy, mode: "monitor" })) })
})
afterEach(() => house.store.close())

describe("a backtest", () => {
  it("tells whom a policy on incidents would have blocked, when, for how long and because of what", async () => {
    const alerts = [
      ...chainOf("203.0.113.7", minute),
      alertAt(20 * minute, { attacker: "203.0.113.7" }),
      alertAt(30 * minute, { attacker: "203.0.113.8" }),
    ]
    await house.store.record({ alerts })
    const result = await look(defaultPolicies)
    expect(result.actions).toMatchObject([
      {
        subject: "203.0.113.7/32",
        action: "block",
        from: startedAt + 3 * minute,
        until: startedAt + 20 * minute + hour,
        incident: { stages: 3, stored: false },
        alerts: alerts.slice(0, 3).map(({ id }) => id),
        stopped: 1,
        friend: null,
      },
    ])
    expect(result.summary).toBe(
      "In 10 hours it would have blocked 1 address, and 1 alert came while that would have been in force. It would have hurt no friend that is known.",
    )
    expect(result.looked).toEqual({ alerts: 5, masked: 0 })
    expect(result.incidents).toMatchObject([{ attacker: "203.0.113.7", stages: 3 }])
    expect(result.complete).toBe(true)
  })

  it("knows the incidents that the store has", async () => {
    const alerts = chainOf("203.0.113.7", minute)
    const { correlator } = correlate()
    for (const alert of alerts) await house.store.record({ alerts: [alert], incidents: correlator.onAlert(alert) })
    expect((await look(defaultPolicies)).actions).toMatchObject([{ incident: { stored: true } }])
  })

  it("stores nothing, and leaves response as it is", async () => {
    await house.store.record({ alerts: chainOf("203.0.113.7", minute) })
    const before = await Promise.all([house.store.audit({}), house.store.countermeasures({}), house.store.policies()])
    expect((await look(defaultPolicies)).totals.actions).toBe(1)
    expect(await Promise.all([house.store.audit({}), house.store.countermeasures({}), house.store.policies()])).toEqual(
      before,
    )
    expect(house.responder.desired()).toEqual([])
    expect(house.published).toEqual([])
  })

  it("decides as response did when it was live", async () => {
    const policies = [
      policyOf({ on: onAlerts, count: 3, windowMs: 5 * minute, blockMs: 7 * minute }),
      { ...policyOf({ blockMs: hour }), id: defaultPolicies[0]?.id ?? one.id },
    ]
    const live = await createHouse()
    await live.store.record({ policies })
    const intents = ["reconnaissance", "exploitation", "installation"] as const
    let seed = 42
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const alerts = Array.from({ length: 400 }, (_, index) =>
      alertAt(index * 20_000 + 1, { attacker: `203.0.113.${random(25)}` }, intents[random(3)]),
    )
    const { correlator } = correlate()
    for (const alert of alerts) {
      live.clock.set(alert.at)
      await attack(live, correlator, [alert])
    }
    const had = (await live.store.countermeasures({ limit: 1000 })).items
    await house.store.record({ alerts })
    const { actions } = await look(policies)
    expect(had.length).toBeGreaterThan(20)
    const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()
    expect(
      sorted(actions.map(({ subject, from, until, severity, policy }) => [subject, from, until, severity, policy])),
    ).toEqual(
      sorted(
        had.flatMap((block) =>
          block.action === "block"
            ? [[block.target, block.createdAt, block.expiresAt, block.severity, block.reason.policy]]
            : [],
        ),
      ),
    )
    await live.store.close()
  })

  it("counts what came shortly before its beginning, and goes on with incidents of then", async () => {
    await house.store.record({
      alerts: [
        alertAt(hour - 2 * minute, { attacker: "203.0.113.9" }, "delivery"),
        alertAt(hour - minute, { attacker: "203.0.113.9" }, "delivery"),
        alertAt(hour + minute, { attacker: "203.0.113.9" }, "delivery"),
        ...chainOf("203.0.113.7", hour - 90_000),
      ],
    })
    const three = policyOf({ on: { ...onAlerts, intents: ["delivery"] }, count: 3, windowMs: 10 * minute })
    expect((await look([three], { since: startedAt + hour })).actions.map(({ subject }) => subject)).toEqual([
      "203.0.113.9/32",
    ])
    expect((await look(defaultPolicies, { since: startedAt + hour })).actions).toMatchObject([
      { subject: "203.0.113.7/32", incident: { stages: 3 } },
    ])
  })

  it("tells which nodes a quarantine policy would have paused", async () => {
    const node = { id: "c1", kind: "container", name: "shop-web" } as const
    await house.store.record({ alerts: [alertAt(1, { node: node as Alert["node"] }), alertAt(2)] })
    const pause = quarantinePolicy.parse({
      ...one,
      kind: "quarantine",
      nodeKind: "container",
      action: "pause",
      holdMs: null,
    })
    const result = await look([pause])
    expect(result.actions).toMatchObject([{ subject: "container shop-web", action: "pause", until: null, node }])
    expect(result.summary).toMatch(/it would have acted on 1 node, and no alert/)
  })

  it("is bounded, tells how far it came, and ends when it is told to", async () => {
    await house.store.record({
      alerts: Array.from({ length: 900 }, (_, index) =>
        alertAt(index * 30_000, { attacker: `198.51.${Math.floor(index / 250)}.${index % 250}` }),
      ),
    })
    const stopped = await look([one], { limits: { alerts: 1_000_000, actions: 300 } })
    expect([stopped.complete, stopped.totals.actions, stopped.actions.length]).toEqual([false, 400, 400])
    expect(stopped.notes[0]).toMatch(/^It was stopped at .* after 300 actions; look at a shorter time/)
    const shares: number[] = []
    const stopping = new AbortController()
    const run = backtestOf(house).run(
      { policies: [one], since: startedAt, until: startedAt + 10 * hour },
      ({ share }) => {
        shares.push(share)
        if (shares.length === 2) stopping.abort(new Error("enough"))
      },
      stopping.signal,
    )
    await expect(run).rejects.toThrow("enough")
    expect(shares.every((share, index) => share > (shares[index - 1] ?? 0) && share <= 1)).toBe(true)
  })

  it("holds back what the guardrails of the moment hold back", async () => {
    await house.store.record({
      alerts: Array.from({ length: 80 }, (_, index) => alertAt(index, { attacker: `198.51.100.${index}` })),
    })
    const { totals, summary } = await look([one])
    expect([totals.actions, totals.held]).toEqual([60, 20])
    expect(summary).toMatch(/20 more would have waited for a person/)
  })
})

describe("a backtest of rules", () => {
  const ofRule = (rule: string, given: readonly Alert[] = [], kind: "detection" | "correlation" = "detection") => ({
    ...{ since: startedAt, until: startedAt + 10 * hour },
    of: { kind, rules: new Set([rule]), given },
  })
  const run = (request: Parameters<ReturnType<typeof backtestOf>["run"]>[0]) =>
    backtestOf(house).run(request, () => undefined, quiet)
  const raisedBy = (rule: string, ...args: Parameters<typeof alertAt>) => {
    const [first] = alertOf(0, "exploitation").contributions
    const alert = alertAt(...args)
    return { ...alert, contributions: [{ ...first, rule } as Alert["contributions"][number]] }
  }

  it("tells what had a part of a rule in it, by the policies as they are", async () => {
    const [recon, exploit, install] = chainOf("203.0.113.7", minute)
    if (recon === undefined || exploit === undefined || install === undefined) throw new Error("no chain")
    const contributions = raisedBy("mine", 0).contributions
    await house.store.record({
      alerts: [
        ...[recon, exploit, { ...install, contributions }],
        ...chainOf("198.51.100.9", hour),
        raisedBy("mine", 2 * hour, { attacker: "192.0.2.200" }),
      ],
    })
    const chain = defaultPolicies.map((policy): Policy => ({ ...policy, enabled: true }))
    const { actions, totals, incidents, summary, notes } = await run({ ...ofRule("mine"), policies: chain })
    expect(actions.map(({ subject }) => subject)).toEqual(["203.0.113.7/32"])
    expect(incidents.map(({ attacker }) => attacker)).toEqual(["203.0.113.7"])
    expect(totals).toMatchObject({ alerts: 2, incidents: 1, actions: 1 })
    expect(summary).toMatch(
      /^In 10 hours it raised 2 alerts, and had a part in 1 incident\. By the policies as they are, it would have blocked 1/,
    )
    expect(notes.join(" ")).toMatch(/What was observed is not stored: only what the rule raised then/)
    const shown = await run({ ...ofRule("mine"), policies: chain.map((one): Policy => ({ ...one, mode: "monitor" })) })
    expect([shown.totals.actions, shown.totals.proposed]).toEqual([0, 1])
    const off = await run({ ...ofRule("mine"), policies: chain.map((one): Policy => ({ ...one, enabled: false })) })
    expect([off.totals.actions, off.totals.proposed]).toEqual([0, 0])
  })

  it("puts what a rule would have raised in its place among what is stored, once", async () => {
    const chain = chainOf("203.0.113.7", minute)
    const late = raisedBy("mine", 3 * minute, { attacker: "203.0.113.7" }, "installation")
    await house.store.record({ alerts: [...chain.slice(0, 2), raisedBy("mine", 2 * hour, { attacker: "192.0.2.1" })] })
    const outside = raisedBy("mine", 20 * hour, { attacker: "192.0.2.2" })
    const result = await run({ ...ofRule("mine", [outside, late]), policies: defaultPolicies })
    expect(result.actions).toMatchObject([
      {
        subject: "203.0.113.7/32",
        from: startedAt + 3 * minute,
        alerts: [...chain.slice(0, 2), late].map(({ id }) => id),
      },
    ])
    expect(result.totals.alerts).toBe(1)
    expect(result.summary).toMatch(/it would have raised 1 alert, and had a part in 1 incident/)
    expect(result.notes.join(" ")).toMatch(/1 alert\(s\) of the given events lie outside of this time/)
    expect((await run({ ...ofRule("other"), policies: defaultPolicies })).totals).toMatchObject({
      alerts: 0,
      actions: 0,
    })
  })

  it("runs over given alerts alone where nothing is stored", async () => {
    const given = Array.from({ length: 450 }, (_, index) =>
      raisedBy("mine", index * minute, { attacker: "203.0.113.7" }),
    )
    const result = await run({ ...ofRule("mine", given.toReversed()), policies: [one] })
    expect(result.totals).toMatchObject({ alerts: 450, actions: 1 })
    expect(result.actions[0]).toMatchObject({ from: startedAt, stopped: 449 })
  })

  it("recognises incidents by the intent rules in question alone", async () => {
    const [rule] = killChainRules
    if (rule === undefined) throw new Error("no rule")
    await house.store.record({ alerts: chainOf("203.0.113.7", minute) })
    const other = { ...rule, id: "mine" as typeof rule.id, title: "Mine", opensAt: 1 }
    const request = { ...ofRule("mine", [], "correlation"), correlate: () => correlateBy([other]) }
    const onAny = policyOf({ on: { kind: "incident", rule: null, minStages: 2 }, blockMs: hour })
    const result = await run({ ...request, policies: [onAny, { ...one, id: "alerts" as typeof one.id }] })
    expect(result.incidents).toMatchObject([{ title: "Mine", stages: 3 }])
    expect(result.actions).toMatchObject([{ from: startedAt + 2 * minute, policy: "p", incident: { title: "Mine" } }])
    expect(result.summary).toMatch(/^In 10 hours it would have recognised 1 incident\. By the policies as they are/)
  })
})

describe("a backtest of what policies do beside blocking", () => {
  const asIs = (policies: readonly Policy[]) => {
    const of = { kind: "detection", rules: new Set(["942100"]), given: [] } as const
    const request = { policies, of, since: startedAt, until: startedAt + 10 * hour }
    return backtestOf(house).run(request, () => undefined, quiet)
  }
  const raised = (afterMs: number, attacker: string): Alert => {
    const alert = alertAt(afterMs, { attacker })
    const contributions = alert.contributions.map((from) => ({ ...from, rule: "942100" as typeof from.rule }))
    return { ...alert, contributions }
  }

  it("counts what they would have proposed, passed over or done, each as it asks", async () => {
    await house.store.record({ alerts: [raised(minute, "203.0.113.7"), raised(2 * minute, "203.0.113.8")] })
    const interactive = { ...one, mode: "interactive" } as const
    const cases: readonly (readonly [Policy, object])[] = [
      [one, { actions: 2, proposed: 0, ignored: 0 }],
      [interactive, { actions: 0, proposed: 2, ignored: 0 }],
      [
        { ...interactive, interactiveStatus: "always-accept" },
        { actions: 2, proposed: 0, ignored: 0 },
      ],
      [
        { ...interactive, interactiveStatus: "always-ignore" },
        { actions: 0, proposed: 0, ignored: 2 },
      ],
      [
        { ...one, mode: "monitor" },
        { actions: 0, proposed: 2, ignored: 0 },
      ],
      [
        { ...one, action: "ignore" },
        { actions: 0, proposed: 0, ignored: 2 },
      ],
    ]
    expect(cases).toHaveLength(6)
    for (const [policy, expected] of cases)
      expect((await asIs([policy])).totals, JSON.stringify(policy)).toMatchObject(expected)
    expect((await asIs([{ ...one, action: "ignore" }])).summary).toMatch(
      /2 addresses or nodes would have been passed over/,
    )
  })

  it("takes a policy that asks as automatic where the policy itself is looked back on", async () => {
    await house.store.record({ alerts: [alertAt(minute)] })
    for (const interactiveStatus of ["interactive", "always-ignore"] as const)
      expect((await look([{ ...one, mode: "interactive", interactiveStatus }])).totals).toMatchObject({
        ...{ actions: 1, proposed: 0, ignored: 0 },
      })
  })

  it("tells a limit with its rate, and what is done in both directions once", async () => {
    const rate = { perSecond: 100, unit: "packets" } as const
    await house.store.record({ alerts: [alertAt(minute), alertAt(2 * minute)] })
    const { actions, totals, summary } = await look([{ ...one, action: "limit", rate, direction: "both" }])
    expect(actions).toMatchObject([{ action: "limit", direction: "both", rate, target: "203.0.113.7/32", stopped: 1 }])
    expect(totals).toMatchObject({ actions: 1, subjects: 1, stopped: 1 })
    expect(summary).toMatch(/^In 10 hours it would have limited 1 address, and 1 alert came/)
  })

  it("does not say that an outbound block meets what comes in", async () => {
    const outbound = { direction: "outbound", destination: { address: address("198.51.100.66"), port: 443 } } as const
    await house.store.record({
      alerts: [
        alertAt(minute, { ...outbound, attacker: "198.51.100.66" }),
        alertAt(2 * minute, { attacker: "198.51.100.66" }),
        alertAt(3 * minute, { ...outbound, attacker: "198.51.100.66" }),
      ],
    })
    const { actions } = await look([{ ...one, direction: "outbound" }])
    expect(actions).toMatchObject([{ direction: "outbound", subject: "198.51.100.66/32", stopped: 1 }])
  })
})

describe("a backtest of correlation", () => {
  const rulesOf = (text: string) => {
    const parsed = parseCorrelationRules(text, "test.yaml")
    if (parsed.kind === "bad") throw new Error(JSON.stringify(parsed.diagnostics))
    const { rules, clusters } = parsed.value
    return () => ({ correlator: createCorrelator(rules), clusterer: createClusterer(clusters) })
  }
  const onIncident = policyOf({ on: { kind: "incident", rule: null, minStages: 1 }, severity: "low", blockMs: hour })
  const span = { since: startedAt, until: startedAt + 10 * hour }

  it("opens what waits for nothing to follow when its time is over, also after the last alert", async () => {
    const correlate = rulesOf(`rules:
  - id: x/unanswered
    title: Nothing followed
    window: 10 minutes
    late: 1 second
    stages: [{ name: a, intents: [exploitation] }]
    opensAt: 1
    unless: { name: b, intents: [installation], within: 5 minutes }
`)
    await house.store.record({ alerts: [alertAt(hour)] })
    const result = await backtestOf(house).run({ ...span, policies: [onIncident], correlate }, () => undefined, quiet)
    expect(result.actions).toHaveLength(1)
    const from = (result.actions[0]?.from ?? 0) - startedAt - hour
    expect([from > 5 * minute, from <= 7 * minute]).toEqual([true, true])
  })

  it("makes clusters anew, once, and leaves out what somebody masked", async () => {
    const correlate = rulesOf(`clusters:
  - id: x/many
    title: Many of them
    name: brute-force
    classtypes: [web-application-attack]
    window: 10 minutes
    count: 3
    groupBy: [attacker]
    severity: critical
`)
    const alerts = [1, 2, 3].map((after) => alertAt(after * minute))
    const { clusterer } = correlate()
    const [made, ...more] = alerts.flatMap((alert) => clusterer.onAlert(alert))
    if (made === undefined) throw new Error("no cluster")
    expect(more).toEqual([])
    const policies = [{ ...one, severity: "critical" } as const]
    const cases: readonly (readonly [stored: readonly Alert[], masked: number, actions: number])[] = [
      [alerts, 0, 1],
      [[...alerts, made], 0, 1],
      [[...alerts, { ...made, masked: true }], 1, 0],
    ]
    expect(cases).toHaveLength(3)
    for (const [stored, masked, actions] of cases) {
      const other = await createHouse()
      await other.store.record({ alerts: stored })
      const result = await backtestOf(other).run({ ...span, policies, correlate }, () => undefined, quiet)
      expect([result.looked, result.totals.actions]).toEqual([{ alerts: 4, masked }, actions])
      await other.store.close()
    }
  })
})

describe("friends that a policy would have hit", () => {
  const friendly = "203.0.113.50"
  const ids = createIds(createManualClock(startedAt))
  const entry = (fields: object) => ({
    ...{ id: "alw_1", prefix: prefix(`${friendly}/32`), comment: "office", owner: "user:ada" },
    ...{ createdAt: startedAt + 5 * hour, expiresAt: null },
    ...fields,
  })
  const audit = (fields: object) => ({
    ...{ id: ids.other("aud"), at: startedAt + 2 * hour, who: "user:ada", from: null, action: "x", subject: "y" },
    ...{ before: null, after: null },
    ...fields,
  })
  const cases: readonly (readonly [
    name: string,
    prepare: (alert: Alert) => Promise<unknown>,
    expected: object | null,
  ])[] = [
    ["nobody knows", async () => undefined, null],
    [
      "put on the allowlist later",
      () => house.store.record({ allowlist: [entry({})] }),
      { kind: "allowlist", outcome: "hurt", why: "on the allowlist now (office; user:ada)" },
    ],
    [
      "on the allowlist then and now",
      () => house.store.record({ allowlist: [entry({ createdAt: startedAt })] }),
      { kind: "guardrail", outcome: "spared" },
    ],
    [
      "on the allowlist then, and taken off since",
      () =>
        house.store.record({
          audit: [audit({ action: "disallow", before: entry({ createdAt: startedAt }), at: startedAt + 3 * hour })],
        }),
      { kind: "guardrail", outcome: "spared" },
    ],
    [
      "taken off the allowlist before",
      () =>
        house.store.record({
          audit: [audit({ action: "disallow", before: entry({ createdAt: startedAt }), at: startedAt + minute })],
        }),
      null,
    ],
    [
      "on the allowlist until before",
      () => house.store.record({ allowlist: [entry({ createdAt: startedAt, expiresAt: startedAt + minute })] }),
      null,
    ],
    [
      "where an operator worked from",
      () => house.store.record({ audit: [audit({ from: friendly })] }),
      { kind: "operator", outcome: "hurt" },
    ],
    [
      "where somebody failed to sign in",
      () => house.store.record({ audit: [audit({ from: friendly, action: "sign-in failed" })] }),
      null,
    ],
    [
      "a node of ours",
      () =>
        house.store.record({
          alerts: [alertAt(3 * hour, { destination: { address: friendly as Alert["attacker"], port: 80 } })],
        }),
      { kind: "node", outcome: "hurt", why: "the address of the node web-1" },
    ],
    [
      "whose alert was marked a false positive",
      ({ id }) =>
        house.store.record({
          verdicts: [{ alert: id, verdict: "false-positive", at: startedAt, by: "user:ada", rules: [] }],
        }),
      { kind: "false-positive", outcome: "hurt", why: "1 of the alerts behind it was marked false positive" },
    ],
    [
      "whose alert was marked as true",
      ({ id }) =>
        house.store.record({
          verdicts: [{ alert: id, verdict: "true-positive", at: startedAt, by: "user:ada", rules: [] }],
        }),
      null,
    ],
    [
      "whose incident was called a false positive",
      async () => {
        const { correlator } = correlate()
        const [incident] = chainOf(friendly, 6 * hour).flatMap((alert) => correlator.onAlert(alert))
        if (incident === undefined) throw new Error("no incident came of it")
        await house.store.record({ incidents: [{ ...incident, status: "false-positive" }] })
      },
      { kind: "false-positive", outcome: "hurt" },
    ],
    [
      "whose block was undone as a false positive",
      async () => {
        const request = { target: prefix(friendly), direction: "inbound", durationMs: hour, reason: "t" } as const
        const { id } = await house.responder.block(request, ada)
        await house.responder.undo(id, { falsePositive: true, comment: "" }, ada)
      },
      { kind: "false-positive", outcome: "hurt", why: expect.stringMatching(/^user:ada ended cm_\w+ against it/) },
    ],
    [
      "of whom rules have an exception",
      () =>
        house.store.record({
          ruleExceptions: [
            ruleException.parse({
              ...{ id: "rex_1", rules: "942100", path: null, parameter: null, source: "203.0.113.0/24" },
              ...{
                owner: "shop team",
                reason: "scanner",
                createdAt: startedAt,
                createdBy: "user:ada",
                expiresAt: null,
              },
            }),
          ],
        }),
      { kind: "exception", outcome: "hurt" },
    ],
  ]

  it.each(cases)("%s", async (_, prepare, expected) => {
    expect(cases).toHaveLength(14)
    const alert = alertAt(2 * hour, { attacker: friendly })
    await house.store.record({ alerts: [alert] })
    await prepare(alert)
    house.clock.set(startedAt + 10 * hour)
    const { friends, actions } = await look([one])
    expect(friends.filter(({ subject }) => subject.startsWith(friendly))).toMatchObject(
      expected === null ? [] : [expected],
    )
    const blocked = actions.filter(({ subject }) => subject === `${friendly}/32`)
    if (expected === null) expect(blocked).toMatchObject([{ friend: null }])
    else if ("outcome" in expected && expected.outcome === "hurt") expect(blocked[0]?.friend).not.toBeNull()
    else expect(blocked).toEqual([])
  })

  it("says that a gateway and a signed-in operator would have been spared", async () => {
    await house.store.record({ alerts: [alertAt(1, { attacker: "10.0.0.1" }), alertAt(2, { attacker: "192.0.2.7" })] })
    const { friends, totals } = await look([one])
    expect(friends.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      ["10.0.0.1", "spared"],
      ["192.0.2.7", "spared"],
    ])
    expect([totals.actions, totals.spared]).toEqual([0, 2])
  })
})
