import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Alert, address, createIds, nodeId, systemClock } from "../src/core/index.ts"
import { createSqliteStore } from "../src/store/index.ts"
import type { Bench } from "./figure.ts"

const count = 20_000
const batch = 500

/** Alerts stored durably in SQLite: in batches, and one at a time by many callers at once (which share commits). */
export const store: Bench = async (onProgress) => {
  const folder = mkdtempSync(join(tmpdir(), "thwart-bench-"))
  const opened = await createSqliteStore({ path: join(folder, "thwart.db") })
  const ids = createIds(systemClock)
  const alerts = Array.from({ length: 2 * count }, () => alertOf(ids))
  try {
    onProgress(`${count} alerts in batches of ${batch}`)
    const inBatches = await cpuSeconds(async () => {
      for (let start = 0; start < count; start += batch)
        await opened.record({ alerts: alerts.slice(start, start + batch) })
    })
    onProgress(`${count} alerts, each on its own`)
    const alone = await cpuSeconds(() =>
      Promise.all(alerts.slice(count).map((alert) => opened.record({ alerts: [alert] }))),
    )
    return [
      { what: "SQLite: alerts in batches of 500", value: count / inBatches, unit: "alerts per CPU-second" },
      { what: "SQLite: alerts one by one, commits shared", value: count / alone, unit: "alerts per CPU-second" },
    ]
  } finally {
    await opened.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function cpuSeconds(task: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await task()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function alertOf(ids: ReturnType<typeof createIds>): Alert {
  const node = { id: nodeId.parse("web1"), kind: "host", name: "web1" } as const
  const attacker = address("203.0.113.66")
  return {
    id: ids.alert(),
    at: systemClock.now(),
    observation: ids.observation(),
    sensor: "bench",
    node,
    direction: "inbound",
    source: { address: attacker, port: 40_000 },
    destination: { address: address("192.0.2.1"), port: 80 },
    attacker,
    title: "SQL injection",
    severity: "high",
    classtype: "web-application-attack",
    intent: "exploitation",
    tactic: "TA0001",
    technique: "T1190",
    score: 5,
    threshold: 5,
    contributions: [],
    evidence: { summary: "GET /", request: "GET / HTTP/1.1\r\n".repeat(20), response: null },
    origin: null,
    masked: false,
  }
}
