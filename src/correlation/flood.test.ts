import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import type { Alert, Intent } from "../core/index.ts"
import { createCorrelator } from "./correlator.ts"
import { parseCorrelationRules } from "./rule-file.ts"

const chain: readonly Intent[] = ["reconnaissance", "exploitation", "installation", "command-and-control"]
const rulesOf = (text: string) => {
  const parsed = parseCorrelationRules(`rules:\n${text}`, "test.yaml")
  return parsed.kind === "ok" ? parsed.value.rules : expect.unreachable(JSON.stringify(parsed.diagnostics))
}

// A machine that others use too takes its time for a million.
describe("a flood of sources", { timeout: 180_000 }, () => {
  const heapUsed = () => {
    setFlagsFromString("--expose-gc")
    runInNewContext("gc")()
    return process.memoryUsage().heapUsed
  }
  const address = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
  const template = alertOf(0, "reconnaissance")
  // The schema would cost more than what is tested.
  const cheap = (n: number, intent: Intent, at: number, attacker = address(n)): Alert => ({
    ...template,
    id: `alr_f${intent.charAt(0)}${n}` as Alert["id"],
    attacker: attacker as Alert["attacker"],
    intent,
    at,
  })

  it("of one alert each, a million of them, pushes out no attack in progress, and memory stays bounded", () => {
    const correlator = createCorrelator(killChainRules)
    correlator.onAlert(alertOf(1, "reconnaissance", { at: 0, attacker: "203.0.113.7" }))
    correlator.onAlert(alertOf(2, "exploitation", { at: 1, attacker: "203.0.113.7" }))
    // Two alerts and no incident yet: also more than nothing.
    correlator.onAlert(alertOf(3, "reconnaissance", { at: 2, attacker: "203.0.113.8" }))
    correlator.onAlert(alertOf(4, "reconnaissance", { at: 3, attacker: "203.0.113.8" }))
    const before = heapUsed()
    for (let n = 0; n < 1_000_000; n++) correlator.onAlert(cheap(n, "reconnaissance", 10 + n))
    const grown = heapUsed() - before
    expect(correlator.size()).toEqual({ sources: 200_000, incidents: 1 })
    expect(grown).toBeLessThan(200_000_000)
    expect(correlator.onAlert(alertOf(5, "installation", { at: 1_000_100 }))[0]?.stages).toHaveLength(3)
    const other = correlator.onAlert(alertOf(6, "exploitation", { at: 1_000_100, attacker: "203.0.113.8" }))
    expect(other[0]?.stages.map(({ count }) => count)).toEqual([2, 1])
  })

  it("of two stages each pushes out no attack of three", () => {
    const correlator = createCorrelator(killChainRules, { limits: { maxSources: 100, maxIncidents: 100 } })
    for (const [index, intent] of chain.slice(0, 3).entries()) correlator.onAlert(alertOf(index, intent, { at: index }))
    for (let n = 0; n < 1000; n++) {
      correlator.onAlert(cheap(n, "reconnaissance", 10 + n))
      correlator.onAlert(cheap(n, "exploitation", 10 + n))
    }
    expect(correlator.size()).toEqual({ sources: 0, incidents: 100 })
    expect(correlator.onAlert(alertOf(9, "command-and-control", { at: 2000 }))[0]?.complete).toBe(true)
  })

  it("of two alerts each pushes out no source that came further, though it has no incident yet", () => {
    const rules = rulesOf(`
  - id: test/three
    title: Three
    opensAt: 3
    stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }, { name: c, intents: [installation] }]
  - id: test/guesses
    title: Guesses
    opensAt: 1
    stages: [{ name: guesses, intents: [exploitation], count: 10 }]
`)
    const correlator = createCorrelator(rules, { limits: { maxSources: 1000, maxIncidents: 10 } })
    correlator.onAlert(alertOf(1, "reconnaissance", { at: 0 }))
    for (let n = 2; n < 11; n++) correlator.onAlert(alertOf(n, "exploitation", { at: n }))
    for (let n = 0; n < 20_000; n++) {
      correlator.onAlert(cheap(n, "exploitation", 20 + n))
      correlator.onAlert(cheap(n + 20_000, "exploitation", 20 + n, address(n)))
    }
    expect(correlator.size().sources).toBeLessThanOrEqual(1000)
    expect(correlator.onAlert(alertOf(12, "exploitation", { at: 30_000 })).map(({ rule }) => rule)).toEqual([
      "test/guesses",
    ])
    expect(correlator.onAlert(alertOf(13, "installation", { at: 30_001 })).map(({ rule }) => rule)).toEqual([
      "test/three",
    ])
  })

  it("that came far does not blind it for an attack that begins later", () => {
    const rules = rulesOf(`
  - id: test/three
    title: Three
    opensAt: 3
    stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }, { name: c, intents: [installation] }]
`)
    const correlator = createCorrelator(rules, { limits: { maxSources: 1000, maxIncidents: 100 } })
    let [made, at] = [0, 0]
    const floodOf = (count: number, ...intents: readonly Intent[]) => {
      for (let n = 0; n < count; n++, made++)
        for (const intent of intents) correlator.onAlert(cheap(made, intent, at++))
    }
    // As many as there may be came two stages far, and one in ten three.
    floodOf(2000, "reconnaissance", "exploitation")
    floodOf(200, "reconnaissance", "exploitation", "installation")
    for (const [n, intent] of chain.slice(0, 3).entries()) {
      const told = correlator.onAlert(alertOf(n, intent, { at: at++ }))
      expect(told.map(({ stages }) => stages.length)).toEqual(n === 2 ? [3] : [])
      floodOf(20, "reconnaissance")
      floodOf(20, "reconnaissance", "exploitation")
      floodOf(20, "reconnaissance", "exploitation", "installation")
    }
    expect(correlator.onAlert(alertOf(9, "installation", { at: at++ })).map(({ version }) => version)).toEqual([2])
  })

  it("whose time is over gives way to what is new, however far it came", () => {
    const rules = rulesOf(`
  - id: test/three
    title: Three
    window: 1m
    opensAt: 3
    stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }, { name: c, intents: [installation] }]
`)
    const correlator = createCorrelator(rules, { limits: { maxSources: 100, maxIncidents: 10 } })
    for (let n = 0; n < 200; n++) {
      correlator.onAlert(cheap(n, "reconnaissance", n))
      correlator.onAlert(cheap(n, "exploitation", n))
    }
    const later = 1_000_000
    correlator.onAlert(alertOf(1, "reconnaissance", { at: later }))
    for (let n = 0; n < 50; n++) correlator.onAlert(cheap(n + 1000, "reconnaissance", later + n))
    correlator.onAlert(alertOf(2, "exploitation", { at: later + 100 }))
    expect(correlator.onAlert(alertOf(3, "installation", { at: later + 200 }))).toHaveLength(1)
  })

  it("under rules of every kind, 300,000 of them, keeps memory bounded and the attack in sight", () => {
    const rules = rulesOf(`
  - { id: k/source, title: K, opensAt: 3, stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }, { name: c, intents: [installation] }] }
  - { id: k/node, title: K, join: node, stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [installation] }] }
  - { id: k/any, title: K, order: unordered, stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [installation] }] }
  - { id: k/values, title: K, join: everywhere, opensAt: 1, stages: [{ name: a, intents: [installation], count: 1000, distinct: attacker }] }
  - { id: k/count, title: K, opensAt: 1, stages: [{ name: a, intents: [reconnaissance], count: 50 }] }
  - id: k/linked
    title: K
    startsAt: first
    stages:
      - { name: a, intents: [reconnaissance], from: attacker, to: node }
      - { name: b, intents: [installation], from: node }
  - { id: k/near, title: K, join: adjacent, startsAt: first, stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [installation] }] }
  - id: k/unless
    title: K
    opensAt: 1
    unless: { name: x, intents: [delivery], within: 1m }
    stages: [{ name: a, intents: [weaponization] }]
`)
    const correlator = createCorrelator(rules)
    const node = { id: "node-real" as never, kind: "host", name: "node-real" } as const
    correlator.onAlert(alertOf(1, "reconnaissance", { at: 0, node }))
    correlator.onAlert(alertOf(2, "exploitation", { at: 1, node }))
    const before = heapUsed()
    for (let n = 0; n < 300_000; n++) correlator.onAlert(cheap(n, "reconnaissance", 10 + n))
    const grown = heapUsed() - before
    const { sources, incidents } = correlator.size()
    expect(sources).toBeGreaterThan(50_000)
    expect(sources + incidents).toBeLessThanOrEqual(200_000)
    expect(grown).toBeLessThan(200_000_000)
    const told = correlator.onAlert(alertOf(5, "installation", { at: 300_100, node }))
    expect(told.map(({ rule }) => rule)).toContain("k/source")
  })
})
