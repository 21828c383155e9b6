import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { z } from "zod"
import { shippedIntentRules, yamlFilesOnDisk } from "../src/app/rule-files.ts"
import {
  type Alert,
  address,
  classtype,
  direction,
  intent,
  nodeRef,
  severity,
  tactic,
  technique,
  vulnerability,
} from "../src/core/index.ts"
import {
  checkCorrelationRules,
  clusterSentence,
  createClusterer,
  createCorrelator,
  type IntentRule,
  type NodeFacts,
  sentenceOf,
} from "../src/correlation/index.ts"
import { alertOf } from "./support/alerts.ts"

const written = z.strictObject({
  after: z.number().default(60),
  intent,
  classtype: classtype.default("misc-attack"),
  tactic: tactic.nullable().default(null),
  technique: technique.nullable().default(null),
  severity: severity.default("high"),
  title: z.string().optional(),
  from: z.string().default("203.0.113.7"),
  near: z.string().default("10.0.0.1"),
  direction: direction.default("inbound"),
  on: z.string().default("web-1"),
})
const sequence = z.array(written).min(2)
const table = z
  .array(
    z.strictObject({
      rule: z.string(),
      match: z.array(z.strictObject({ stages: z.array(z.string()).min(1), alerts: sequence })).min(1),
      pass: z.array(sequence).min(2),
    }),
  )
  .parse(parse(readFileSync(join(import.meta.dirname, "..", "rules", "tests", "intents.yaml"), "utf8")))

const { rules, clusters, diagnostics } = checkCorrelationRules([shippedIntentRules], yamlFilesOnDisk)

function alertsOf(steps: z.infer<typeof sequence>): readonly Alert[] {
  let at = 1_000_000
  return steps.map(({ after, from, near, on, direction: towards, title, ...rest }, index) => {
    at += after * 1000
    const far = from === "nobody" ? "0.0.0.0" : from
    const ends = [
      { address: address(far), port: 0 },
      { address: address(from === "nobody" ? "0.0.0.0" : near), port: 0 },
    ] as const
    const [source, destination] = towards === "inbound" ? ends : [ends[1], ends[0]]
    const node = nodeRef.parse({ id: on, kind: "host", name: on })
    const what = { ...rest, ...(title === undefined ? {} : { title }) }
    return alertOf(index, rest.intent, { ...what, at, attacker: far, direction: towards, source, destination, node })
  })
}

const exploited = vulnerability.parse({
  id: "CVE-2021-44228",
  severity: "critical",
  package: "log4j-core",
  installedVersion: "2.14.1",
  fixedVersion: "2.15.0",
  knownExploited: true,
  epss: 0.94,
})
const facts: NodeFacts = { vulnerabilitiesOf: ({ name }) => (name === "exposed" ? [exploited] : []) }

/** The stages that a rule alone sees in these alerts. */
function stagesSeen(rule: IntentRule, alerts: readonly Alert[]): readonly string[] {
  const correlator = createCorrelator([rule], { facts })
  const told = [...alerts.flatMap((alert) => correlator.onAlert(alert)), ...correlator.onTime(Number.POSITIVE_INFINITY)]
  return told.at(-1)?.stages.map(({ name }) => name) ?? []
}

describe("the intent rules that ship", () => {
  it("load without a diagnostic, and say where they are from", () => {
    expect(diagnostics).toEqual([])
    expect(rules).toHaveLength(9)
    expect(clusters).toHaveLength(3)
    for (const { id, sources, description } of rules) {
      expect(sources.length, id).toBeGreaterThan(0)
      expect(description, id).not.toBe("")
    }
    expect(rules.filter(({ enabled }) => !enabled)).toEqual([])
    expect(clusters.filter(({ enabled }) => enabled)).toEqual([])
  })

  it("each read as a sentence", () => {
    for (const rule of rules) expect(sentenceOf(rule)).toMatch(/^When .{80,}, open ".+" at \d of \d stages?\.$/)
    for (const rule of clusters) expect(clusterSentence(rule)).toMatch(/^When there are .{60,}\.$/)
  })

  it("each have sequences that must match and near misses", () => {
    expect(table.map(({ rule }) => rule).sort()).toEqual(rules.map(({ id }) => id as string).sort())
  })

  const ruleOf = (id: string) => rules.find((rule) => rule.id === id) ?? expect.unreachable(id)

  it("recognise what they must", () => {
    let ran = 0
    for (const { rule, match } of table)
      for (const { stages, alerts } of match) {
        ran++
        expect(stagesSeen(ruleOf(rule), alertsOf(alerts)), `${rule} ${JSON.stringify(alerts)}`).toEqual(stages)
      }
    expect(ran).toBe(19)
  })

  it("leave near misses alone", () => {
    let ran = 0
    for (const { rule, pass } of table)
      for (const alerts of pass) {
        ran++
        expect(stagesSeen(ruleOf(rule), alertsOf(alerts)), `${rule} ${JSON.stringify(alerts)}`).toEqual([])
      }
    expect(ran).toBe(45)
  })
})

describe("the clustering rules that ship", () => {
  const feed = (id: string, alerts: readonly Alert[]) => {
    const rule = clusters.find((one) => one.id === id) ?? expect.unreachable(id)
    const clusterer = createClusterer([{ ...rule, enabled: true }])
    return alerts.flatMap((alert) => clusterer.onAlert(alert)).map((made) => made.cluster?.count)
  }
  const many = (count: number, of: (n: number) => Parameters<typeof alertOf>[2] = () => ({})) =>
    Array.from({ length: count }, (_, n) => alertOf(n, "reconnaissance", of(n)))
  const from = (n: number) => ({ attacker: `198.51.${n >> 8}.${n & 255}` })
  const bad = () => ({ classtype: "misc-attack" })

  const cases = [
    ["thwart/scan-cluster", many(100), [100]],
    ["thwart/scan-cluster", many(99), []],
    ["thwart/scan-cluster", many(200, from), []],
    ["thwart/distributed-scan-cluster", many(50, from), [50]],
    ["thwart/distributed-scan-cluster", many(200), []],
    ["thwart/compromised-hosts-cluster", many(100, bad), [100]],
    ["thwart/compromised-hosts-cluster", many(200), []],
  ] as const
  it.each(cases)("%s: case %#", (id, alerts, expected) => {
    expect(cases).toHaveLength(7)
    expect(feed(id, alerts)).toEqual(expected)
  })
})
