import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { shippedIntentRules, yamlFilesOnDisk } from "../src/app/rule-files.ts"
import { type Alert, address, alert as alertSchema, type Intent, nodeRef } from "../src/core/index.ts"
import { createCorrelator, type IntentRule, intentRule, loadCorrelationRules } from "../src/correlation/index.ts"
import type { Bench } from "./figure.ts"

const sources = 100_000
const nodes = 200
const ruleCount = 50
const batch = 1000
const warmUp = 200_000
const measured = Number(process.env.THWART_BENCH_ALERTS ?? 400_000)

/** Alerts of many sources on many nodes, one in a hundred of a later stage than a scan, through 50 intent rules of every kind. */
export const correlation: Bench = async (onProgress) => {
  const rules = manyRules()
  const correlator = createCorrelator(rules)
  let [made, told, cpuMicros] = [0, 0, 0]
  const take = (count: number) => {
    for (let done = 0; done < count; done += batch) {
      const alerts = Array.from({ length: batch }, () => alertNumber(made++))
      const before = process.cpuUsage()
      for (const alert of alerts) told += correlator.onAlert(alert).length
      const { user, system } = process.cpuUsage(before)
      cpuMicros += user + system
    }
  }
  onProgress(`${rules.length} rules, ${warmUp} alerts to begin with`)
  take(warmUp)
  const cpuBefore = cpuMicros
  onProgress(`${measured} alerts`)
  take(measured)
  const value = measured / ((cpuMicros - cpuBefore) / 1e6)
  const rssMiB = process.memoryUsage().rss / 2 ** 20
  const heapMiB = heapInUse() / 2 ** 20
  const { sources: tracks, incidents } = correlator.size()
  return [
    {
      what: `alerts, ${rules.length} intent rules, ${sources} sources`,
      value,
      unit: "1/CPU-s",
      key: "correlationAlerts",
    },
    {
      what: "resident memory after them",
      value: rssMiB,
      unit: "MiB",
      key: "correlationRss",
    },
    { what: "of that in use", value: heapMiB, unit: "MiB" },
    { what: "tracks without an incident", value: tracks, unit: "" },
    { what: "tracks with one", value: incidents, unit: "" },
    { what: "versions of incidents told", value: told, unit: "" },
  ]
}

function heapInUse(): number {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

/** Those that come with Thwart, and as many of their kind that look for something narrower. */
function manyRules(): readonly IntentRule[] {
  const shipped = loadCorrelationRules([shippedIntentRules], yamlFilesOnDisk).rules
  const more = Array.from({ length: ruleCount - shipped.length }, (_, n): IntentRule => {
    const like = shipped[n % shipped.length] ?? shipped[0]
    const stages = like?.stages.map((stage) => ({ ...stage, classtypes: [`kind-${n % 20}`, `kind-${(n + 1) % 20}`] }))
    return intentRule.parse({ ...like, id: `bench/${n}`, stages })
  })
  return [...shipped, ...more]
}

const template = alertSchema.parse({
  id: "alr_0",
  at: 0,
  observation: "obs_0",
  sensor: "bench",
  node: { id: "node-0", kind: "host", name: "node-0" },
  direction: "inbound",
  source: { address: "10.0.0.1", port: 40_000 },
  destination: { address: "198.51.100.1", port: 80 },
  attacker: "10.0.0.1",
  title: "bench",
  severity: "high",
  classtype: "kind-0",
  intent: "reconnaissance",
  tactic: null,
  technique: null,
  score: 5,
  threshold: 5,
  contributions: [{ rule: "9500200", message: "bench", severity: "high", score: 5, tags: [], matches: [] }],
  evidence: { summary: "bench", request: null, response: null },
  origin: null,
  masked: false,
})
const places = Array.from({ length: nodes }, (_, n) => ({
  node: nodeRef.parse({ id: `node-${n}`, kind: "host", name: `node-${n}` }),
  destination: { address: address(`198.51.100.${n}`), port: 80 },
}))
const kinds = Array.from({ length: 20 }, (_, n) => `kind-${n}`)
const later: readonly { readonly intent: Intent; readonly technique: string | null }[] = [
  { intent: "exploitation", technique: "T1190" },
  { intent: "installation", technique: "T1505.003" },
  { intent: "command-and-control", technique: "T1071.001" },
  { intent: "exploitation", technique: "T1110" },
]

/** 20,000 a second of their own time; every source comes again after 100,000 alerts. */
function alertNumber(n: number): Alert {
  const source = (n * 7919) % sources
  const far = { address: address(`10.${(source >> 16) & 255}.${(source >> 8) & 255}.${source & 255}`), port: 40_000 }
  // Spread, so that a source that was seen to scan comes again with something worse.
  const dice = Math.imul(n, 2_654_435_761) >>> 0
  const what = dice % 100 === 0 ? later[(dice >>> 8) % later.length] : undefined
  return {
    ...template,
    ...places[n % nodes],
    id: `alr_b${n}` as Alert["id"],
    at: 1_700_000_000_000 + n / 20,
    attacker: far.address,
    source: far,
    classtype: kinds[n % kinds.length] ?? "kind-0",
    ...(what ?? { intent: "reconnaissance", technique: "T1595" }),
  }
}
