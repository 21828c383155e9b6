import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import type { Incident, Intent } from "../core/index.ts"
import { createClusterer } from "./clusterer.ts"
import { createCorrelator } from "./correlator.ts"
import { maxShown, preview } from "./preview.ts"
import { parseCorrelationRules } from "./rule-file.ts"

const rulesOf = (text: string) => {
  const parsed = parseCorrelationRules(text, "test.yaml")
  return parsed.kind === "ok" ? parsed.value : expect.unreachable(JSON.stringify(parsed.diagnostics))
}
const chain = `
rules:
  - id: test/chain
    title: Chain
    window: 10m
    stages: [{ name: scan, intents: [reconnaissance] }, { name: exploitation, intents: [exploitation] }, { name: command, intents: [command-and-control] }]
`
const scans = `
clusters:
  - { id: test/scans, name: scans, title: Scans, intents: [reconnaissance], groupBy: [attacker], count: 3, severity: medium }
`
const alerts = (...intents: readonly Intent[]) => intents.map((intent, n) => alertOf(n, intent))

describe("a preview", () => {
  it("tells of each rule what it would have made, and those that made nothing", () => {
    const rules = rulesOf(
      `${chain}  - { id: test/none, title: None, stages: [{ name: x, intents: [weaponization] }], opensAt: 1 }\n${scans}`,
    )
    const more = alertOf(9, "exploitation", { attacker: "203.0.113.8" })
    const found = preview(rules, [
      ...alerts("reconnaissance", "reconnaissance", "reconnaissance", "exploitation", "command-and-control"),
      more,
    ])
    expect(found).toMatchObject({ alerts: 6, firstAt: 0, lastAt: 9000 })
    expect(found.rules.map(({ sentence, title, ...rest }) => [sentence.startsWith("When "), rest])).toEqual([
      [true, { kind: "intent", id: "test/chain", made: 1, attackers: 1, complete: 1, severity: "critical" }],
      [true, { kind: "intent", id: "test/none", made: 0, attackers: 0, complete: 0, severity: null }],
      [true, { kind: "cluster", id: "test/scans", made: 1, attackers: 1, complete: 0, severity: "medium" }],
    ])
    expect(found.incidents.map(({ rule, stages }) => [rule, stages.length])).toEqual([["test/chain", 3]])
    expect(found.clusters.map(({ cluster }) => cluster?.count)).toEqual([3])
  })

  it("tries rules that are off, and tells of what waits until nothing followed", () => {
    const rules = rulesOf(`
rules:
  - { id: test/off, title: Off, enabled: false, opensAt: 1, stages: [{ name: x, intents: [exploitation] }] }
  - id: test/unless
    title: Unless
    opensAt: 1
    unless: { name: end, intents: [delivery], within: 1m }
    stages: [{ name: x, intents: [exploitation] }]
`)
    expect(preview(rules, alerts("exploitation")).rules.map(({ made }) => made)).toEqual([1, 1])
    expect(preview(rules, alerts("exploitation", "delivery")).rules.map(({ made }) => made)).toEqual([1, 0])
  })

  it("leaves aside masked alerts and clusters that the same rule made, and takes those of others", () => {
    const rules = rulesOf(
      `${scans}\nrules:\n  - { id: test/of, title: Of, opensAt: 1, stages: [{ name: x, classtypes: [scans] }] }\n`,
    )
    const three = alerts("reconnaissance", "reconnaissance", "reconnaissance")
    const live = createClusterer(rules.clusters)
    const stored = [...three, ...three.flatMap((one) => live.onAlert(one))]
    expect(stored).toHaveLength(4)
    expect(preview(rules, stored)).toMatchObject({ alerts: 3, rules: [{ made: 1 }, { made: 1 }] })
    expect(preview({ ...rules, clusters: [] }, stored)).toMatchObject({ alerts: 4, rules: [{ made: 1 }] })
    expect(
      preview(
        rules,
        stored.map((one) => ({ ...one, masked: true })),
      ),
    ).toMatchObject({ alerts: 0, firstAt: null })
  })

  it("counts no attacker where a cluster has several, and says its rule in English", () => {
    const rules = rulesOf(`
clusters:
  - { id: test/a, name: a, title: A, filter: 'severity = "high"', count: 2 }
  - { id: test/b, name: b, title: B, minSeverity: high, count: 2 }
  - { id: test/c, name: c, title: C, count: 2 }
`)
    const two = [alertOf(1, "delivery"), alertOf(2, "delivery", { attacker: "203.0.113.8" })]
    const found = preview(rules, two)
    expect(found.rules.map(({ made, attackers }) => [made, attackers])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ])
    expect(found.rules.map(({ sentence }) => /^When there are 2 alerts(.*) everywhere/.exec(sentence)?.[1])).toEqual([
      expect.stringMatching(/^ where /),
      " of high severity or more",
      "",
    ])
  })

  it("counts all, and shows the gravest of the first", () => {
    const rules = rulesOf(
      "rules:\n  - { id: test/one, title: One, opensAt: 1, stages: [{ name: x, intents: [exploitation] }] }\n",
    )
    const many = Array.from({ length: 1000 }, (_, n) =>
      alertOf(n, "exploitation", { attacker: `10.0.${n >> 8}.${n & 255}` }),
    )
    const found = preview(rules, many)
    expect([found.rules[0]?.made, found.rules[0]?.attackers, found.incidents.length]).toEqual([1000, 1000, maxShown])
  })

  it("is what the running correlation makes of the same alerts, in whatever order they are stored", () => {
    const rules = rulesOf(chain)
    const intents: readonly Intent[] = ["reconnaissance", "exploitation", "command-and-control", "delivery"]
    const some = fc.array(fc.tuple(fc.constantFrom(...intents), fc.integer({ min: 0, max: 3_000 }), fc.nat(2)), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (made, keys) => {
        const stored = made
          .map(([intent, seconds, who], n) =>
            alertOf(n, intent, { at: seconds * 1000, attacker: `203.0.113.${who + 1}` }),
          )
          .sort((one, other) => one.at - other.at)
        const correlator = createCorrelator(rules.rules)
        const last = new Map<string, Incident>()
        for (const alert of stored) for (const told of correlator.onAlert(alert)) last.set(told.id, told)
        const shuffled = stored
          .map((alert) => [keys.next().value ?? 0, alert] as const)
          .sort(([one], [other]) => one - other)
        const byId = (all: Iterable<Incident>) =>
          [...all].map(({ version, updatedAt, ...rest }) => rest).sort((one, other) => (one.id < other.id ? -1 : 1))
        expect(
          byId(
            preview(
              rules,
              shuffled.map(([, alert]) => alert),
            ).incidents,
          ),
        ).toEqual(byId(last.values()))
      }),
      { numRuns: 200 },
    )
  })
})
