// Runs inside of the namespace that ../respond.ts made, so that nft is called as it is everywhere: without `ip netns exec` around it.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { enforce } from "../../src/app/enforce.ts"
import { createPipeline } from "../../src/app/pipeline.ts"
import { createInProcessBus } from "../../src/bus/index.ts"
import { type Alert, createIds, systemClock } from "../../src/core/index.ts"
import { createClusterer, createCorrelator } from "../../src/correlation/index.ts"
import { createNftablesEnforcer, type Enforcer } from "../../src/enforcers/index.ts"
import { createResponder, defaultLimits } from "../../src/response/index.ts"
import { createSqliteStore } from "../../src/store/index.ts"
import { killChainRules } from "../../test/support/kill-chain.ts"
import type { Figure } from "../figure.ts"
import { spent } from "../namespace.ts"
import { attackers, traffic } from "./traffic.ts"

const seconds = 30
const perSecond = 1000
const tickMs = 10

console.log(JSON.stringify(await measure()))

async function measure(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "thwart-bench-"))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const store = await createSqliteStore({ path: join(folder, "thwart.db") })
  stack.defer(() => store.close())
  const bus = createInProcessBus({ onError: fail })
  const correlator = createCorrelator(killChainRules)
  const enforcer = timed(createNftablesEnforcer({ clock: systemClock }))
  const responder = createResponder({
    ...{ clock: systemClock, ids: createIds(systemClock), store, bus, enforcers: [enforcer.id] },
    ...{ surroundings: () => [], operators: async () => [], setIncidentStatus: correlator.setStatus },
    // The limit that makes a person look is 60 a minute; what is measured is the way, not the brake.
    limits: { ...defaultLimits, blocksPerMinute: 1_000_000 },
  })
  await responder.start()
  const pipeline = createPipeline({
    clock: systemClock,
    clusterer: createClusterer([]),
    store,
    bus,
    correlator,
    responder,
    onError: fail,
  })
  enforce(
    { blocking: [enforcer], quarantining: [] },
    { clock: systemClock, responder, onError: fail, driftCheckMs: 10_000 },
    stack,
  )
  const alerts = traffic(perSecond * seconds)
  console.error(
    `bench respond: ${perSecond} alerts a second for ${seconds} s, of ${attackers(alerts).length} addresses`,
  )
  const sent = new Map<string, number>()
  const used = await spent(() => send(alerts, { sent, ingest: (alert) => pipeline.ingest([alert]) }))
  await pipeline.close()
  await sleep(1000)
  return figuresOf({ sent, appliedAt: enforcer.appliedAt, used })
}

/** Notes when each address was in the kernel. */
function timed(enforcer: Enforcer): Enforcer & { readonly appliedAt: ReadonlyMap<string, number> } {
  const appliedAt = new Map<string, number>()
  return {
    ...enforcer,
    appliedAt,
    apply: async (operations, signal) => {
      const results = await enforcer.apply(operations, signal)
      const now = performance.now()
      for (const [index, { kind, block }] of operations.entries()) {
        if (results[index]?.kind !== "applied")
          throw new Error(`${kind} ${block.target}: ${JSON.stringify(results[index])}`)
        if (!appliedAt.has(block.target)) appliedAt.set(block.target, now)
      }
      return results
    },
  }
}

interface Sending {
  /** When the alert that completes the attack of an address was handed over. */
  readonly sent: Map<string, number>
  readonly ingest: (alert: Alert) => Promise<void>
}

/** So many each second, by the clock; what comes late is sent at once, and its time counts from when it was due. */
async function send(alerts: readonly Alert[], { sent, ingest }: Sending): Promise<void> {
  const startedAt = performance.now()
  const under: Promise<void>[] = []
  for (let next = 0; next < alerts.length; await sleep(tickMs)) {
    const due = Math.min(alerts.length, Math.floor(((performance.now() - startedAt) * perSecond) / 1000))
    for (; next < due; next++) {
      const alert = alerts[next]
      if (alert === undefined) break
      if (alert.intent === "installation") sent.set(`${alert.attacker}/32`, startedAt + (next * 1000) / perSecond)
      under.push(ingest({ ...alert, at: systemClock.now() }))
    }
  }
  await Promise.all(under)
}

interface Measured {
  readonly sent: ReadonlyMap<string, number>
  readonly appliedAt: ReadonlyMap<string, number>
  readonly used: { readonly ownSeconds: number; readonly childSeconds: number }
}

function figuresOf({ sent, appliedAt, used }: Measured): readonly Figure[] {
  const waits = [...sent].map(([target, at]) => (appliedAt.get(target) ?? Number.POSITIVE_INFINITY) - at)
  const missing = waits.filter((wait) => wait === Number.POSITIVE_INFINITY).length
  if (missing > 0 || appliedAt.size !== sent.size)
    throw new Error(`${missing} of ${sent.size} attackers were never blocked, and ${appliedAt.size} addresses were`)
  waits.sort((one, other) => one - other)
  const at = (part: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * part))] ?? 0
  return [
    { what: "countermeasures applied in nftables", value: waits.length, unit: "" },
    { what: "alert → countermeasure applied, p50", value: at(0.5), unit: "ms", key: "respondP50Ms" },
    { what: "alert → countermeasure applied, p99", value: at(0.99), unit: "ms", key: "respondP99Ms" },
    { what: "alert → countermeasure applied, max", value: at(1), unit: "ms", key: "respondMaxMs" },
    { what: "CPU time of Thwart", value: (used.ownSeconds / seconds) * 100, unit: "% of one core" },
    { what: "CPU time of nft", value: (used.childSeconds / seconds) * 100, unit: "% of one core" },
  ]
}

function fail(error: unknown): never {
  throw error
}
