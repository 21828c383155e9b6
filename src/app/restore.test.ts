import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { alertOf } from "../../test/support/alerts.ts"
import { type Alert, address, type Incident, type Intent } from "../core/index.ts"
import { createClusterer, createCorrelator, parseCorrelationRules } from "../correlation/index.ts"
import { createSqliteStore, type Store } from "../store/index.ts"
import { restoreCorrelation } from "./restore.ts"

const parsed = parseCorrelationRules(
  `
rules:
  - id: test/three
    title: Three
    window: 6h
    opensAt: 2
    stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [exploitation] }, { name: c, intents: [installation] }]
  - id: test/late
    title: Late
    window: 6h
    opensAt: 3
    stages: [{ name: a, intents: [reconnaissance] }, { name: b, intents: [delivery] }, { name: c, intents: [installation] }]
clusters:
  - { id: test/installs, name: installs, title: Installs, intents: [installation], groupBy: [attacker], count: 2, window: 6h }
`,
  "test.yaml",
)
const { rules, clusters } = parsed.kind === "ok" ? parsed.value : expect.unreachable(JSON.stringify(parsed.diagnostics))

describe("a restart in a flood", () => {
  let store: Store
  beforeEach(async () => {
    store = await createSqliteStore({ path: ":memory:" })
  })
  afterEach(() => store.close())

  const limits = { maxSources: 300, maxIncidents: 100 }
  const template = alertOf(0, "reconnaissance")
  const flood = (from: number, count: number, at: number): readonly Alert[] =>
    Array.from({ length: count }, (_, n) => ({
      ...template,
      id: `alr_flood${from + n}` as Alert["id"],
      // Each comes twice, as the attack without an incident does.
      attacker: address(`10.0.${(from + n) >> 9}.${((from + n) >> 1) & 255}`),
      at: at + n,
    }))
  const victim = (n: number, intent: Intent, at: number, who: string) => alertOf(n, intent, { at, attacker: who })
  const start = () => ({ correlator: createCorrelator(rules, { limits }), clusterer: createClusterer(clusters) })
  /** As a server takes them. */
  const live = async (running: ReturnType<typeof start>, alerts: readonly Alert[]) => {
    const incidents = running.correlator.onAlerts(alerts)
    for (const alert of alerts) running.clusterer.onAlert(alert)
    await store.record({ alerts, incidents })
    return incidents
  }
  const shown = (incidents: readonly Incident[]) =>
    incidents.map(({ rule, attacker, stages }) => [rule as string, attacker as string, stages.length])

  it("goes on with what is an incident, and with what came far and is none yet", async () => {
    const before = start()
    await live(before, [
      victim(1, "reconnaissance", 1000, "203.0.113.7"),
      victim(2, "exploitation", 2000, "203.0.113.7"),
    ])
    await live(before, [victim(3, "reconnaissance", 1000, "203.0.113.8"), victim(4, "delivery", 2000, "203.0.113.8")])
    await live(before, [victim(5, "installation", 2000, "203.0.113.9")])
    for (let n = 0; n < 5; n++) await live(before, flood(n * 1000, 1000, 10_000 + n * 1000))

    const after = start()
    await restoreCorrelation(store, after, 20_000)
    expect(after.correlator.size()).toEqual(before.correlator.size())
    expect(shown(await live(after, [victim(6, "installation", 20_000, "203.0.113.7")]))).toEqual([
      ["test/three", "203.0.113.7", 3],
    ])
    // Under the other rule it came no further than the flood, and nobody could tell it apart.
    const last = victim(7, "installation", 20_001, "203.0.113.8")
    expect(shown(before.correlator.onAlert(last))).toEqual([["test/late", "203.0.113.8", 3]])
    expect(shown(await live(after, [last]))).toEqual([["test/late", "203.0.113.8", 3]])
    expect(after.clusterer.onAlert(victim(8, "installation", 20_002, "203.0.113.9"))).toHaveLength(1)
  })

  it("that would take too long leaves out what lies between the oldest and the newest, and no incident", async () => {
    const before = start()
    const early = [victim(1, "reconnaissance", 1000, "203.0.113.8"), victim(2, "delivery", 1001, "203.0.113.8")]
    await live(before, [...early, ...flood(0, 1500, 2000)])
    await live(before, [
      victim(3, "reconnaissance", 5000, "203.0.113.7"),
      victim(4, "exploitation", 5001, "203.0.113.7"),
    ])
    await live(before, flood(2000, 1500, 10_000))

    let asked = 0
    const after = start()
    // Time for one page; then it is over.
    await restoreCorrelation(store, { ...after, tookMs: () => 20_000 * asked++ }, 20_000)
    expect(asked).toBe(3)
    expect(shown(await live(after, [victim(5, "installation", 20_000, "203.0.113.7")]))).toEqual([
      ["test/three", "203.0.113.7", 3],
    ])
    expect(
      shown(await live(after, [victim(6, "installation", 20_001, "203.0.113.8")])).map(([rule]) => rule),
    ).toContain("test/late")
  })
})
