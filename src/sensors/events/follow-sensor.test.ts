import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { describeSensor } from "../contract.ts"
import { createEventFollower } from "./index.ts"
import { examples, ids, node } from "./testing.ts"

const folder = mkdtempSync(join(tmpdir(), "thwart-follow-events-"))
afterAll(() => rmSync(folder, { recursive: true }))

const alerts = readFileSync(join(examples, "falco.jsonl"), "utf8").split("\n").slice(0, 4)
const connect = (serial: number) =>
  `type=SYSCALL msg=audit(1751284800.000:${serial}): arch=c000003e syscall=42 pid=${serial}\n`

const growing = (name: string) => {
  const file = join(folder, name)
  writeFileSync(file, "")
  return file
}
const started = () => new Promise((resolve) => setTimeout(resolve, 200))

let contractFile = ""
describeSensor("of records as they are written", {
  create: () => {
    contractFile = growing("contract")
    return createEventFollower({ ids }, { file: contractFile, format: "falco", node, from: "start", pollMs: 5 })
  },
  provoke: async () => {
    appendFileSync(contractFile, `${alerts.join("\n")}\n`)
  },
  expected: 4,
  broken: {
    create: () => createEventFollower({ ids }, { file: join(folder, "missing"), format: "falco", node }),
    code: "THWART_FILE_UNREADABLE",
  },
})

describe("records as they are written", () => {
  const follow = (file: string, format: "falco" | "audit") => {
    const stop = new AbortController()
    const seen: (readonly [unknown, number | null | undefined])[] = []
    const sensor = createEventFollower({ ids }, { file, format, node, pollMs: 5 })
    const done = sensor.run((observation) => {
      if (observation.kind === "event") {
        const { fields, origin } = observation
        seen.push([fields.get(format === "audit" ? "process.pid" : "exe"), origin?.line])
      }
    }, stop.signal)
    const until = async (count: number) => {
      while (seen.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return { seen, until, stop: () => (stop.abort(), done), sensor }
  }

  it("are followed through rotation and truncation, without one lost or read twice", async () => {
    const file = growing("falco.log")
    writeFileSync(file, `${alerts[0]}\n`)
    const { seen, until, stop, sensor } = follow(file, "falco")
    await started()
    const [, second = "", third = "", fourth = ""] = alerts
    appendFileSync(file, second.slice(0, 100))
    await started()
    appendFileSync(file, `${second.slice(100)}\nrubbish\n`)
    await until(1)
    renameSync(file, `${file}.1`)
    appendFileSync(`${file}.1`, `${third}\n`)
    await started()
    writeFileSync(file, `${fourth}\n`)
    await until(3)
    truncateSync(file, 0)
    await started()
    appendFileSync(file, `${second}\n`)
    await until(4)
    await stop()
    expect(seen).toEqual([
      ["/tmp/kinsing", null],
      ["/usr/bin/vim", null],
      ["/usr/bin/bash", 1],
      ["/tmp/kinsing", 1],
    ])
    expect(sensor.status().skipped).toEqual({ "line that is no JSON": 1 })
  })

  it("of the audit log are given on once nothing more comes, though nothing ended them", async () => {
    const file = growing("audit.log")
    const { seen, until, stop } = follow(file, "audit")
    await started()
    appendFileSync(file, connect(1) + connect(2))
    await until(2)
    appendFileSync(file, connect(3))
    await until(3)
    await stop()
    expect(seen.map(([pid]) => pid)).toEqual([1, 2, 3])
  })
})
