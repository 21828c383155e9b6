import { describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { type Alert, alert as alertSchema, formatDiagnostic, type NodeRef, nodeRef } from "../core/index.ts"
import { clusterRuleLike } from "./cluster-like.ts"
import type { ClusterRule } from "./cluster-rule.ts"
import { clusterSentence } from "./cluster-sentence.ts"
import { createClusterer } from "./clusterer.ts"
import { createCorrelator } from "./correlator.ts"
import { parseCorrelationRules } from "./rule-file.ts"

const written = (text: string) =>
  parseCorrelationRules(
    `clusters:\n  - id: test/cluster\n    name: many-scans\n    title: Many scans\n${text}`,
    "my.yaml",
  )
const rulesOf = (text: string): readonly ClusterRule[] => {
  const parsed = written(text)
  return parsed.kind === "ok" ? parsed.value.clusters : expect.unreachable(JSON.stringify(parsed.diagnostics))
}
const feed = (text: string, alerts: readonly Alert[]) => {
  const clusterer = createClusterer(rulesOf(text))
  return alerts.flatMap((alert) => clusterer.onAlert(alert))
}
const node = (id: string, kind: NodeRef["kind"], image?: string) => nodeRef.parse({ id, kind, name: id, image })
const three = "    count: 3\n    window: 60s\n"
const scan = (n: number, more: Parameters<typeof alertOf>[2] = {}) => alertOf(n, "reconnaissance", more)
const scans = (count: number, of: (n: number) => Parameters<typeof alertOf>[2] = () => ({})) =>
  Array.from({ length: count }, (_, index) => scan(index + 1, of(index + 1)))

describe("a clustering rule", () => {
  const cases: readonly (readonly [
    name: string,
    rule: string,
    alerts: readonly Alert[],
    members: readonly number[],
  ])[] = [
    ["enough in the window", three, scans(3), [3]],
    ["too few", three, scans(2), []],
    ["too slowly", three, scans(10, (n) => ({ at: n * 40_000 })), []],
    ["one of a group in its window", three, scans(30), [3]],
    ["another when the window is over", three, [...scans(3), ...[70, 71, 72].map((n) => scan(n))], [3, 3]],
    ["late alerts within the window", three, [scan(50), scan(1), scan(30)], [3]],
    ["an intent that is another", `${three}    intents: [exploitation]\n`, scans(5), []],
    ["an intent", `${three}    intents: [reconnaissance]\n`, scans(3), [3]],
    ["a classtype", `${three}    classtypes: [web-application-attack]\n`, scans(3), [3]],
    ["a severity that is too mild", `${three}    minSeverity: critical\n`, scans(5), []],
    ["a filter", `${three}    filter: destination.port = 80\n`, scans(3), [3]],
    [
      "the same attacker",
      `${three}    groupBy: [attacker]\n`,
      scans(5, (n) => ({ attacker: `203.0.113.${n % 2}` })),
      [3],
    ],
    ["nobody knows the attacker", `${three}    groupBy: [attacker]\n`, scans(5, () => ({ attacker: "0.0.0.0" })), []],
    ["different values", `${three}    distinct: attacker\n`, scans(3, (n) => ({ attacker: `203.0.113.${n}` })), [3]],
    [
      "the same value again",
      `${three}    distinct: attacker\n`,
      scans(9, (n) => ({ attacker: `203.0.113.${n % 2}` })),
      [],
    ],
    ["one host", `${three}    scope: host\n`, scans(3, () => ({ node: node("a", "vm") })), [3]],
    ["several hosts", `${three}    scope: host\n`, scans(4, (n) => ({ node: node(`${n % 2}`, "host") })), []],
    ["a container is no host", `${three}    scope: host\n`, scans(4, () => ({ node: node("a", "container") })), []],
    ["one container", `${three}    scope: container\n`, scans(3, () => ({ node: node("a", "container") })), [3]],
    ["one pod", `${three}    scope: pod\n`, scans(3, () => ({ node: node("a", "pod") })), [3]],
    ["one image", `${three}    scope: image\n`, scans(3, (n) => ({ node: node(`${n}`, "container", "app:1") })), [3]],
    [
      "several images",
      `${three}    scope: image\n`,
      scans(3, (n) => ({ node: node("a", "container", `app:${n}`) })),
      [],
    ],
    ["everywhere", three, scans(3, (n) => ({ node: node(`${n}`, "host"), attacker: `203.0.113.${n}` })), [3]],
    ["masked alerts", three, scans(5, () => ({ masked: true })), []],
    ["an alert that is delivered again", three, [...scans(2), ...scans(2)], []],
    ["a rule that is off", `${three}    enabled: false\n`, scans(5), []],
  ]
  let ran = 0
  it.each(cases)("%s", (_, rule, alerts, members) => {
    ran++
    expect(feed(rule, alerts).map(({ cluster }) => cluster?.count)).toEqual(members)
  })
  it("was held against every case", () => {
    expect(ran).toBe(26)
  })

  it("makes an alert that carries its members and says what they agree in", () => {
    const [made] = feed(`${three}    severity: critical\n`, [
      scan(1, { severity: "low", title: "Path scan" }),
      scan(2, { severity: "medium", title: "Scanner" }),
      alertOf(3, "exploitation", { title: "Scanner", technique: "T1190" }),
    ])
    expect(alertSchema.parse(made)).toEqual(made)
    expect(made).toMatchObject({
      classtype: "many-scans",
      title: "Many scans",
      severity: "critical",
      intent: "exploitation",
      technique: null,
      attacker: "203.0.113.7",
      at: 3000,
      cluster: {
        rule: "test/cluster",
        count: 3,
        alerts: ["alr_00000001", "alr_00000002", "alr_00000003"],
        firstAt: 1000,
        lastAt: 3000,
      },
    })
    expect(made?.evidence.summary).toBe("3 alerts within 2 seconds: Path scan; Scanner")
  })

  it("takes the highest severity where it names none, and blames nobody where the attackers differ", () => {
    const [made] = feed(three, [
      scan(1, { severity: "low" }),
      scan(2, { attacker: "203.0.113.8" }),
      scan(3, { severity: "info" }),
    ])
    expect(made).toMatchObject({ severity: "high", attacker: "0.0.0.0", intent: "reconnaissance" })
  })

  it("never clusters what clustering made, and what it made is a stage of an incident", () => {
    const clusterer = createClusterer(rulesOf("    count: 2\n"))
    const correlated = parseCorrelationRules(
      "rules:\n  - id: a\n    title: A\n    opensAt: 1\n    stages: [{ name: cluster, classtypes: [many-scans] }]\n",
      "a.yaml",
    )
    const correlator = createCorrelator(correlated.kind === "ok" ? correlated.value.rules : [])
    const made = scans(2).flatMap((alert) => clusterer.onAlert(alert))
    expect(made).toHaveLength(1)
    const again = made.map((alert, n) => ({ ...alert, id: scan(n + 50).id, at: alert.at + 1 }))
    expect([...made, ...again].flatMap((alert) => clusterer.onAlert(alert))).toEqual([])
    expect(made.flatMap((alert) => correlator.onAlert(alert))).toHaveLength(1)
  })

  it("gives the same alert the same name wherever it is made, and makes none twice after a restart", () => {
    const [made] = feed(three, scans(3))
    expect(feed(three, scans(3))[0]?.id).toBe(made?.id)
    const restarted = createClusterer(rulesOf(three))
    restarted.restore([...scans(3), ...(made === undefined ? [] : [made])].reverse())
    expect(restarted.onAlert(scan(4))).toEqual([])
    const halfway = createClusterer(rulesOf(three))
    halfway.restore(scans(2))
    expect(halfway.onAlert(scan(3))).toEqual([made])
  })

  it("is bounded, and a flood of single alerts pushes out no group that grows", () => {
    const clusterer = createClusterer(rulesOf("    count: 3\n    groupBy: [attacker]\n    window: 1h\n"), 100)
    for (const alert of scans(2)) clusterer.onAlert(alert)
    for (let n = 10; n < 2000; n++) clusterer.onAlert(scan(n, { attacker: `10.0.${n >> 8}.${n & 255}` }))
    expect(clusterer.size()).toBeLessThanOrEqual(50)
    expect(clusterer.onAlert(scan(2001))).toHaveLength(1)
  })

  it("reads as a sentence", () => {
    expect(
      rulesOf("    intents: [reconnaissance]\n    scope: image\n    groupBy: [attacker]\n    severity: low\n").map(
        clusterSentence,
      ),
    ).toEqual([
      'When there are 10 alerts with intent reconnaissance on containers of one image and the same attacker within 1 hour, make one alert "Many scans" of them, with classtype many-scans, of low severity.',
    ])
    expect(rulesOf("    distinct: node\n    window: 5m\n    count: 4\n").map(clusterSentence)).toEqual([
      'When there are alerts with 4 different values of the node everywhere within 5 minutes, make one alert "Many scans" of them, with classtype many-scans, of the highest of their severities.',
    ])
  })

  const bad: readonly (readonly [string, string, string])[] = [
    ["a scope that is none", "    scope: galaxy\n", "my.yaml:5:12: error: clusters.0.scope: "],
    ["a number that is none", "    count: 1\n", "my.yaml:5:12: error: clusters.0.count: "],
    ["a field that alerts do not have", "    groupBy: [attaker]\n", "my.yaml:5:15: error: clusters.0.groupBy.0: "],
    ["a filter that can't be read", "    filter: score >\n", "my.yaml:5:"],
    ["an unknown key", "    windows: 1h\n", "my.yaml:5:14: error: clusters.0: Unrecognized key"],
  ]
  it.each(bad)("tells where it has %s", (_, text, expected) => {
    expect(bad).toHaveLength(5)
    const parsed = written(text)
    expect(parsed.kind === "bad" ? parsed.diagnostics.map(formatDiagnostic)[0] : "good").toContain(expected)
  })
})

describe("a rule for alerts like one", () => {
  it("makes a cluster of that one and its like, and not of others", () => {
    const rule = clusterRuleLike(scan(1), { id: "mine/like", count: 3 })
    expect(rule).toMatchObject({ name: "web-application-attack-cluster", scope: "host", groupBy: ["attacker"] })
    const made = (alerts: readonly Alert[]) => {
      const clusterer = createClusterer([rule])
      return alerts.flatMap((alert) => clusterer.onAlert(alert))
    }
    expect(made(scans(3))).toHaveLength(1)
    expect(made(scans(3, () => ({ classtype: "misc-attack" })))).toEqual([])
    expect(made(scans(3, (n) => ({ attacker: `203.0.113.${n}` })))).toEqual([])
    expect(made([1, 2, 3].map((n) => alertOf(n, "exploitation")))).toEqual([])
  })
})
