import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { type Alert, systemClock } from "../core/index.ts"
import { parseConfig } from "./config.ts"
import { replay } from "./replay.ts"
import { startThwart } from "./start.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-serve-events-"))
afterAll(() => rmSync(folder, { recursive: true }))
const examples = join(import.meta.dirname, "..", "..", "examples", "events")

describe("the configuration of events", () => {
  it("names files with their format, and tells what is wrong", () => {
    const config = parseConfig(
      "events:\n  - { format: audit, file: /var/log/audit/audit.log }\neventRules: [mine.yaml]\n",
      "t.yaml",
    )
    expect(config.events).toEqual([{ format: "audit", file: "/var/log/audit/audit.log" }])
    expect(config.eventRules).toEqual(["mine.yaml"])
    expect(() => parseConfig("events: [{ format: sysmon, file: x }]\n", "t.yaml")).toThrow(
      /t\.yaml:1:20: .*events\.0\.format/,
    )
  })
})

describe("the server", () => {
  it("raises alerts from records as they are written, and lists the rules", async () => {
    const file = join(folder, "audit.log")
    writeFileSync(file, "")
    const config = parseConfig(`listen: { port: 0 }\nevents: [{ format: audit, file: ${file} }]\n`, "t.yaml")
    const thwart = await startThwart(
      { clock: systemClock, onError: (error) => expect.unreachable(String(error)) },
      { config, dataDir: folder },
    )
    try {
      expect(thwart.sensors).toEqual([`events:${file}`])
      await new Promise((resolve) => setTimeout(resolve, 1000))
      appendFileSync(file, readFileSync(join(examples, "audit.log")))
      let alerts: readonly Alert[] = []
      while (alerts.length < 4) {
        alerts = (await thwart.store.alerts({ limit: 100 })).items
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(alerts.map(({ contributions }) => contributions[0]?.rule as string).sort()).toEqual([
        "thwart/account-file-written",
        "thwart/audit-stopped",
        "thwart/authorized-keys-written",
        "thwart/reverse-shell",
      ])
    } finally {
      await thwart.stop()
    }
  })
})

describe("a replay of records", () => {
  it("goes from the records to an incident", async () => {
    const alerts: Alert[] = []
    const summary = await replay(
      {
        files: [join(examples, "cloudtrail.json")],
        rules: [],
        paranoiaLevel: undefined,
        dataDir: undefined,
        eventRules: [],
        intentRules: [],
        homeNets: [],
      },
      {
        onAlert: (alert) => alerts.push(alert),
        onProgress: () => undefined,
        onProblem: ({ message }) => expect.unreachable(message),
      },
      new AbortController().signal,
    )
    expect(alerts).toHaveLength(3)
    expect(summary).toMatchObject({ observations: 8, alerts: 3 })
    // The same attacker under a rule for any attack, and under one that knows clouds.
    expect(summary.incidents.map(({ rule, attacker }) => `${rule} ${attacker}`).sort()).toEqual([
      "thwart/cloud-credential-misuse 203.0.113.50",
      "thwart/kill-chain 203.0.113.50",
    ])
    expect([...summary.rules.keys()]).toContain("thwart/cloudtrail-stopped")
  })
})
