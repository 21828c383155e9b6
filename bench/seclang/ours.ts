// Run by itself: `ours.ts LEVEL ROUNDS`. Prints one JSON line. A process of its own, so that its memory and CPU time are its own.

import { ruleFilesOnDisk } from "../../src/app/rule-files.ts"
import { address, createIds, type HttpObservation, nodeId, systemClock } from "../../src/core/index.ts"
import { createDetector, enableLinearRegexFallback, loadRules } from "../../src/detection/index.ts"
import { attacks } from "./attacks.ts"
import { createMix, kinds, type MixRequest } from "./mix.ts"
import { ruleSet } from "./rule-set.ts"

enableLinearRegexFallback()
const [level = 1, rounds = 100] = process.argv.slice(2).map(Number)
const ids = createIds(systemClock)
const loading = process.cpuUsage()
const rules = loadRules(ruleSet(level), ruleFilesOnDisk)
const detector = createDetector({ ids, rules }, { behaviours: [] })
const loadSeconds = secondsSince(loading)

const node = { id: nodeId.parse("bench"), kind: "host", name: "bench" } as const
const source = { address: address("203.0.113.66"), port: 40_000 }
const destination = { address: address("192.0.2.1"), port: 80 }

/** What a guard makes of a request and its answer. */
function observe({ method, target, headers, body }: MixRequest): HttpObservation {
  return {
    kind: "http",
    id: ids.observation(),
    at: systemClock.now(),
    sensor: "bench",
    node,
    direction: "inbound",
    source,
    destination,
    origin: null,
    malformed: [],
    request: { method, target, protocol: "HTTP/1.1", headers, body, bodyTruncated: false },
    response: {
      protocol: "HTTP/1.1",
      status: 200,
      reason: "OK",
      headers: [{ name: "Content-Type", value: "text/html" }],
      body: "ok",
      bodyTruncated: false,
    },
  }
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const passes = 10

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
}

function measure(requests: readonly MixRequest[]): { readonly seconds: number; readonly alerts: number } {
  let alerts = 0
  const before = process.cpuUsage()
  for (const request of requests) if (detector.inspect(observe(request)) !== null) alerts++
  return { seconds: secondsSince(before), alerts }
}

const next = createMix(42)
const roundsOf = (count: number) =>
  Array.from({ length: count }, next).flatMap((round) => kinds.flatMap((kind) => round[kind]))
// The first seconds of a server: the compilers of V8 have seen all of it.
for (let run = 0; run < 30; run++) measure(roundsOf(20))
// In parts, of which the median counts: what else runs on the machine slows some of them.
const parts = Array.from({ length: passes }, () => measure(roundsOf(rounds / passes)))
const benign = rounds * 20
const alerts = parts.reduce((sum, part) => sum + part.alerts, 0)
const seconds = median(parts.map((part) => part.seconds)) * passes

const times = roundsOf(rounds)
  .map((request) => {
    const observation = observe(request)
    const start = process.hrtime.bigint()
    detector.inspect(observation)
    return Number(process.hrtime.bigint() - start) / 1000
  })
  .sort((one, other) => one - other)

const hostile = attacks()
for (let run = 0; run < 20; run++) measure(hostile)
const hostileParts = Array.from({ length: passes }, () => measure(hostile))
const attacked = { seconds: median(hostileParts.map((part) => part.seconds)), alerts: hostileParts[0]?.alerts ?? 0 }

globalThis.gc?.()
console.log(
  JSON.stringify({
    perSecond: benign / seconds,
    alerts,
    p50: times[Math.floor(times.length * 0.5)],
    p99: times[Math.floor(times.length * 0.99)],
    attacksPerSecond: hostile.length / attacked.seconds,
    attackAlerts: attacked.alerts,
    attacks: hostile.length,
    loadSeconds,
    rules: detector.rules.length,
    rssMegabytes: process.memoryUsage.rss() / 1e6,
  }),
)
