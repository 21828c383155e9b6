import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import { type Alert, type Incident, type Intent, incident as incidentSchema } from "../core/index.ts"
import { createCorrelator } from "./correlator.ts"
import { type IntentRule, intentRule } from "./intent-rule.ts"

const hourMs = 3_600_000
const chain: readonly Intent[] = ["reconnaissance", "exploitation", "installation", "command-and-control"]

const feed = (alerts: readonly Alert[], rules: readonly IntentRule[] = killChainRules) => {
  const correlator = createCorrelator(rules)
  return { correlator, told: alerts.flatMap((alert) => correlator.onAlert(alert)) }
}
const lastOf = (alerts: readonly Alert[], rules?: readonly IntentRule[]) => feed(alerts, rules).told.at(-1)
const shape = ({ severity, complete, stages }: Incident) => ({
  severity,
  complete,
  stages: stages.map(({ name, count }) => `${name} ${count}`),
})

describe("a chain of alerts", () => {
  it("opens an incident at its second stage, and grows with each more", () => {
    const { told } = feed(chain.map((intent, index) => alertOf(index + 1, intent)))
    expect(told.map(shape)).toEqual([
      { severity: "high", complete: false, stages: ["scan 1", "exploitation 1"] },
      { severity: "critical", complete: false, stages: ["scan 1", "exploitation 1", "installation 1"] },
      {
        severity: "critical",
        complete: true,
        stages: ["scan 1", "exploitation 1", "installation 1", "command and control 1"],
      },
    ])
    expect(told.map(({ version }) => version)).toEqual([1, 2, 3])
    expect(new Set(told.map(({ id }) => id)).size).toBe(1)
    for (const incident of told) expect(incidentSchema.parse(incident)).toEqual(incident)
  })

  it("says stage by stage why", () => {
    const incident = lastOf([
      alertOf(1, "reconnaissance", { title: "Path scan" }),
      alertOf(2, "reconnaissance", { title: "Scanner" }),
      alertOf(45, "exploitation", { title: "SQL injection" }),
    ])
    expect(incident?.stages.map(({ because }) => because)).toEqual([
      "2 alerts from 203.0.113.7 with intent reconnaissance: Path scan; Scanner",
      "1 alert from 203.0.113.7 with intent weaponization, delivery or exploitation, 44 seconds after scan began: SQL injection",
    ])
  })

  it("may be entered at any stage, unless the rule says otherwise", () => {
    const alerts = [alertOf(1, "exploitation"), alertOf(2, "installation")]
    expect(lastOf(alerts)?.stages.map(({ index }) => index)).toEqual([1, 2])
    const [rule] = killChainRules
    const strict = intentRule.parse({ ...rule, startsAt: "first" })
    expect(lastOf(alerts, [strict])).toBeUndefined()
    expect(lastOf([alertOf(0, "reconnaissance"), ...alerts], [strict])?.stages).toHaveLength(3)
  })

  const noChain: readonly (readonly [string, readonly Alert[]])[] = [
    ["one stage, however often", Array.from({ length: 50 }, (_, index) => alertOf(index, "exploitation"))],
    ["a later stage before an earlier one", [alertOf(1, "exploitation"), alertOf(2, "reconnaissance")]],
    ["two attackers", [alertOf(1, "reconnaissance"), alertOf(2, "exploitation", { attacker: "203.0.113.8" })]],
    [
      "a silence longer than the window",
      [alertOf(1, "reconnaissance", { at: 0 }), alertOf(2, "exploitation", { at: hourMs + 1 })],
    ],
    ["a masked alert", [alertOf(1, "reconnaissance", { masked: true }), alertOf(2, "exploitation")]],
    [
      "what nobody is known to have done",
      ["0.0.0.0", "::"].flatMap((attacker, index) => [
        alertOf(index, "reconnaissance", { attacker }),
        alertOf(index + 5, "exploitation", { attacker }),
      ]),
    ],
    ["nothing", []],
  ]
  it.each(noChain)("is not %s", (_, alerts) => {
    expect(noChain).toHaveLength(7)
    expect(feed(alerts).told).toEqual([])
  })

  it("counts what happened in the same millisecond as in order", () => {
    const at = 1000
    expect(lastOf([alertOf(2, "exploitation", { at }), alertOf(9, "reconnaissance", { at })])?.stages).toHaveLength(2)
  })

  it("counts an alert that is delivered twice once, and tells nothing new of it", () => {
    const alerts = [alertOf(1, "reconnaissance"), alertOf(2, "exploitation")]
    const { told, correlator } = feed([...alerts, ...alerts])
    expect(told).toHaveLength(1)
    expect(correlator.onAlert(alertOf(3, "exploitation"))[0]?.stages.map(({ count }) => count)).toEqual([1, 2])
  })

  it("never makes two stages of one alert", () => {
    const rule = intentRule.parse({
      id: "test/overlapping",
      title: "Overlapping",
      stages: [
        { name: "any" },
        { name: "exploit", intents: ["exploitation"] },
        { name: "web", classtypes: ["web-application-attack"], intents: ["exploitation"] },
      ],
    })
    const alerts = [alertOf(1, "reconnaissance"), alertOf(2, "exploitation"), alertOf(3, "exploitation")]
    expect(feed(alerts, [rule]).told.map(({ stages }) => stages.length)).toEqual([2, 3])
  })

  it("is read as gravely as it can be where two readings are as long", () => {
    const incident = lastOf([alertOf(1, "exploitation"), alertOf(2, "reconnaissance"), alertOf(3, "installation")])
    expect(incident?.stages.map(({ name }) => name)).toEqual(["exploitation", "installation"])
  })

  it("goes on as one incident while no silence is longer than the window, and is another one after", () => {
    const at = (minutes: number) => minutes * 60_000
    const { told } = feed([
      alertOf(1, "reconnaissance", { at: at(0) }),
      alertOf(2, "exploitation", { at: at(50) }),
      alertOf(3, "installation", { at: at(100) }),
      alertOf(4, "reconnaissance", { at: at(200) }),
      alertOf(5, "exploitation", { at: at(210) }),
    ])
    expect(told.map(({ stages }) => stages.length)).toEqual([2, 3, 2])
    expect(told[0]?.id).toBe(told[1]?.id)
    expect(told[2]?.id).not.toBe(told[0]?.id)
    expect(told[2]?.version).toBe(1)
  })

  it("is told once for several alerts at once, with nothing lost before a silence", () => {
    const alerts = [
      ...chain.map((intent, index) => alertOf(index + 1, intent)),
      ...chain.slice(0, 2).map((intent, index) => alertOf(index + 11, intent, { at: 2 * hourMs + index })),
      alertOf(21, "exploitation", { at: 2 * hourMs, attacker: "203.0.113.8" }),
    ]
    const told = createCorrelator(killChainRules).onAlerts(alerts)
    expect(told.map(({ version, stages, complete }) => [version, stages.length, complete])).toEqual([
      [1, 4, true],
      [1, 2, false],
    ])
    const last = new Map(feed(alerts).told.map((incident) => [incident.id, incident]))
    expect(told.map(({ stages }) => stages)).toEqual([...last.values()].map(({ stages }) => stages))
  })

  it("is found behind any number of alerts of one stage", () => {
    const flood = (from: number, intent: Intent) =>
      Array.from({ length: 5000 }, (_, index) => alertOf(from + index, intent))
    const incident = lastOf([
      ...flood(0, "exploitation"),
      alertOf(6000, "reconnaissance"),
      ...flood(7000, "exploitation"),
      alertOf(13_000, "installation"),
    ])
    expect(incident?.stages.map(({ name, count, alerts }) => [name, count, alerts.length])).toEqual([
      ["scan", 1, 1],
      ["exploitation", 5000, 100],
      ["installation", 1, 1],
    ])
  })

  it("has the same name wherever it is recognised", () => {
    const alerts = chain.map((intent, index) => alertOf(index + 1, intent))
    expect(lastOf(alerts)?.id).toBe(lastOf(alerts)?.id)
    expect(lastOf(alerts)?.id).toMatch(/^inc_[0-9a-hjkmnp-tv-z]{26}$/)
    const other = alerts.map((alert) => ({
      ...alert,
      attacker: alertOf(1, "exploitation", { attacker: "203.0.113.9" }).attacker,
    }))
    expect(lastOf(other)?.id).not.toBe(lastOf(alerts)?.id)
  })
})

describe("replicas that share the attackers among them", () => {
  it("tell together what one would tell, word for word, however many they are", () => {
    const some = fc.array(
      fc.record({
        intent: fc.constantFrom(...chain),
        gapMs: fc.nat(20 * 60_000),
        lateMs: fc.nat(30_000),
        who: fc.nat(11),
      }),
      { minLength: 10, maxLength: 60, size: "max" },
    )
    let opened = 0
    fc.assert(
      fc.property(some, fc.integer({ min: 2, max: 5 }), (steps, replicas) => {
        let at = 0
        const arrivals = steps.map(({ intent, gapMs, lateMs, who }, index) => {
          at += gapMs
          return alertOf(index, intent, { at: Math.max(0, at - lateMs), attacker: `203.0.113.${who + 1}` })
        })
        const partOf = ({ attacker }: Alert) => Number(attacker.split(".").at(-1)) % replicas
        const parts = Array.from({ length: replicas }, (_, part) => arrivals.filter((one) => partOf(one) === part))
        const words = (all: readonly Incident[]) => all.map((incident) => JSON.stringify(incident)).sort()
        const alone = words(feed(arrivals).told)
        opened += alone.length
        expect(words(parts.flatMap((part) => feed(part).told))).toEqual(alone)
      }),
      { numRuns: 200 },
    )
    expect(opened).toBeGreaterThan(200)
  })
})

describe("late alerts", () => {
  const [rule] = killChainRules
  const lateMs = rule?.lateMs ?? 0

  // Arrival within the bound: an alert is overtaken only by alerts that happened at most `lateMs` after it.
  const arrivals = fc
    .constantFrom(500, 2000, 20_000, 20 * 60_000, 2 * hourMs)
    .chain((longestGapMs) =>
      fc.array(
        fc.record({
          intent: fc.constantFrom(...chain, "delivery" as const, "actions-on-objectives" as const),
          gapMs: fc.integer({ min: 0, max: longestGapMs }),
          delayMs: fc.integer({ min: 0, max: lateMs }),
          node: fc.constantFrom("web-1", "web-2"),
        }),
        { minLength: 2, maxLength: 40 },
      ),
    )
    .map((steps) => {
      let at = 0
      const alerts = steps.map(({ intent, gapMs, delayMs, node }, index) => {
        at += gapMs
        const made = alertOf(index, intent, { at, node: { id: node as never, kind: "host", name: node } })
        return { alert: made, arrivesAt: at + delayMs }
      })
      return {
        inOrder: alerts.map(({ alert }) => alert),
        asTheyCame: alerts.toSorted((one, other) => one.arrivesAt - other.arrivesAt).map(({ alert }) => alert),
      }
    })

  /** The last word on each incident, without what counts the words and when it got its name. */
  const outcome = (alerts: readonly Alert[]) => {
    const last = new Map(feed(alerts).told.map((incident) => [incident.id, incident]))
    return [...last.values()].map(({ id: _, version: __, ...content }) => content)
  }

  it("give the same incidents whatever the order of arrival within the bound", () => {
    let opened = 0
    fc.assert(
      fc.property(arrivals, ({ inOrder, asTheyCame }) => {
        const expected = outcome(inOrder)
        opened += expected.length
        expect(outcome(asTheyCame)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
    expect(opened).toBeGreaterThan(200)
  })

  it("keep the order of events: what happened before the scan is no exploitation after it", () => {
    const late = alertOf(1, "exploitation", { at: 10_000 })
    expect(feed([alertOf(2, "reconnaissance", { at: 20_000 }), late]).told).toEqual([])
    expect(
      lastOf([alertOf(2, "exploitation", { at: 20_000 }), alertOf(1, "reconnaissance", { at: 10_000 })]),
    ).toBeDefined()
  })

  it("beyond the bound still count, but never make an earlier stage out of a settled later one", () => {
    const settled = [alertOf(3, "installation", { at: 60_000 }), alertOf(4, "reconnaissance", { at: 100_000 })]
    expect(feed([...settled, alertOf(1, "exploitation", { at: 10_000 })]).told).toEqual([])
    const open = [alertOf(0, "exploitation", { at: 5000 }), ...settled, alertOf(1, "exploitation", { at: 10_000 })]
    expect(lastOf(open)?.stages.map(({ count }) => count)).toEqual([2, 1])
  })

  it("keep the name that the incident was given when it opened", () => {
    const { told } = feed([
      alertOf(2, "exploitation", { at: 20_000 }),
      alertOf(3, "installation", { at: 21_000 }),
      alertOf(1, "reconnaissance", { at: 19_000 }),
    ])
    expect(told.map(({ stages }) => stages.length)).toEqual([2, 3])
    expect(told[1]?.id).toBe(told[0]?.id)
    expect(told[1]?.startedAt).toBe(19_000)
  })
})

describe("an incident's status", () => {
  const opened = () => {
    const { correlator, told } = feed([alertOf(1, "reconnaissance"), alertOf(2, "exploitation")])
    return { correlator, incident: told[0] ?? expect.unreachable() }
  }

  it("is kept by later versions", () => {
    const { correlator, incident } = opened()
    const contained = correlator.setStatus(incident.id, "contained", 60_000)
    expect(contained).toMatchObject({ status: "contained", version: 2, updatedAt: 60_000 })
    expect(correlator.onAlert(alertOf(3, "installation"))[0]).toMatchObject({ status: "contained", version: 3 })
  })

  it.each(["closed", "false-positive"] as const)("%s ends it: only new alerts make another one", (status) => {
    const { correlator, incident } = opened()
    correlator.setStatus(incident.id, status, 60_000)
    const old = [alertOf(1, "reconnaissance"), alertOf(2, "exploitation"), alertOf(8, "installation", { at: 1500 })]
    expect(old.flatMap((alert) => correlator.onAlert(alert))).toEqual([])
    expect(correlator.onAlert(alertOf(3, "installation"))).toEqual([])
    const [next] = correlator.onAlert(alertOf(4, "command-and-control"))
    expect(next?.id).not.toBe(incident.id)
    expect(next?.stages.map(({ name, count }) => [name, count])).toEqual([
      ["installation", 1],
      ["command and control", 1],
    ])
  })

  it("can't be set of one that is not in memory", () => {
    const { correlator, incident } = opened()
    expect(createCorrelator(killChainRules).setStatus(incident.id, "closed", 0)).toBeUndefined()
    correlator.setStatus(incident.id, "closed", 0)
    expect(correlator.setStatus(incident.id, "open", 0)).toBeUndefined()
  })
})

describe("a restart", () => {
  const streams = fc
    .record({
      steps: fc.array(
        fc.record({
          intent: fc.constantFrom(...chain),
          gapMs: fc.oneof(
            { weight: 3, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
            { weight: 5, arbitrary: fc.integer({ min: 1, max: hourMs }) },
            { weight: 1, arbitrary: fc.integer({ min: hourMs, max: 2 * hourMs }) },
          ),
          closes: fc.integer({ min: 0, max: 40 }).map((n) => n === 0),
        }),
        { minLength: 15, maxLength: 40 },
      ),
      cut: fc.integer({ min: 5, max: 14 }),
    })
    .map(({ steps, cut }) => {
      let at = 0
      const events = steps.map(({ intent, gapMs, closes }, index) => {
        at += gapMs
        return { alert: alertOf(index, intent, { at }), closes }
      })
      return { before: events.slice(0, cut), after: events.slice(cut) }
    })

  type Event = { readonly alert: Alert; readonly closes: boolean }
  /** Feeds alerts, closes incidents here and there, and keeps what a store would. */
  const run = (correlator: ReturnType<typeof createCorrelator>, events: readonly Event[]) => {
    const stored = new Map<string, Incident>()
    const told: Incident[] = []
    let open: Incident | undefined
    for (const { alert, closes } of events) {
      for (const incident of correlator.onAlert(alert)) {
        told.push(incident)
        open = incident
      }
      if (closes && open !== undefined) {
        const closed = correlator.setStatus(open.id, "closed", alert.at)
        if (closed !== undefined) told.push(closed)
        open = undefined
      }
    }
    for (const incident of told) stored.set(incident.id, incident)
    return { told, stored }
  }
  const restarted = (before: readonly Event[], stored: ReadonlyMap<string, Incident>, since: number) => {
    const correlator = createCorrelator(killChainRules)
    const alerts = before.map(({ alert }) => alert).filter(({ at }) => at >= since)
    correlator.restore(
      alerts.toReversed(),
      [...stored.values()].filter(({ updatedAt }) => updatedAt >= since),
    )
    return correlator
  }
  it("at any moment changes nothing when every alert is still there", () => {
    let grown = 0
    fc.assert(
      fc.property(streams, ({ before, after }) => {
        const correlator = createCorrelator(killChainRules)
        const { stored } = run(correlator, before)
        const expected = run(correlator, after).told
        expect(run(restarted(before, stored, 0), after).told).toEqual(expected)
        if (expected.some(({ id, version }) => stored.has(id) && version > 1)) grown++
      }),
      { numRuns: 500 },
    )
    expect(grown).toBeGreaterThan(50)
  })

  it("goes on with an incident whose first alerts are older than what is read again, and takes nothing back", () => {
    let grown = 0
    fc.assert(
      fc.property(streams, ({ before, after }) => {
        const { stored } = run(createCorrelator(killChainRules), before)
        const since = (before.at(-1)?.alert.at ?? 0) - hourMs
        for (const next of run(restarted(before, stored, since), after).told) {
          const known = stored.get(next.id)
          if (known === undefined || known.startedAt >= since) continue
          grown++
          expect(next.version).toBe(known.version + 1)
          expect(next.stages.length).toBeGreaterThanOrEqual(known.stages.length)
          for (const stage of next.stages) {
            const told = known.stages.find(({ index, firstAt }) => index === stage.index && firstAt === stage.firstAt)
            expect(stage.count).toBeGreaterThanOrEqual(told?.count ?? 1)
            const all = [...before, ...after].filter(
              ({ alert }) =>
                alert.intent === chain[stage.index] && alert.at >= stage.firstAt && alert.at <= stage.lastAt,
            )
            expect(stage.count).toBeLessThanOrEqual(all.length)
          }
          stored.set(next.id, next)
        }
      }),
      { numRuns: 500 },
    )
    expect(grown).toBeGreaterThan(100)
  })

  it("takes up where an incident stands that was contained", () => {
    const { correlator, told } = feed([alertOf(1, "reconnaissance"), alertOf(2, "exploitation")])
    const contained = correlator.setStatus(told[0]?.id ?? expect.unreachable(), "contained", 90_000)
    const next = createCorrelator(killChainRules)
    next.restore([alertOf(1, "reconnaissance"), alertOf(2, "exploitation")], contained === undefined ? [] : [contained])
    expect(next.onAlert(alertOf(2, "exploitation"))).toEqual([])
    expect(next.onAlert(alertOf(3, "installation"))[0]).toMatchObject({
      id: told[0]?.id,
      version: 3,
      status: "contained",
      updatedAt: 90_000,
    })
  })
})
