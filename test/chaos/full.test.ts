import { execFileSync } from "node:child_process"
import { mkdtempSync, rmdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Alert, prefix } from "../../src/core/index.ts"
import { alertOf } from "../support/alerts.ts"
import { has } from "../support/requirements.ts"
import { inMemory } from "./places.ts"
import { atOnce, blockMs, operator, stepMs } from "./policies.ts"
import { createPledge } from "./promises.ts"
import { createWorld, type World } from "./world.ts"

const sizeMegabytes = 4
// Fewer than what the guardrails let policies block in a minute.
const maxSent = 50

describe.runIf(has("a disk that is full", "root"))("a server whose disk is full", () => {
  const pledge = createPledge()
  const disk = mkdtempSync(join(tmpdir(), "thwart-disk-"))
  let world: World
  let sent = 0

  const alertOfNew = (attacker: string) => alertOf(++sent, "exploitation", { at: Date.now(), attacker })
  const byHand = (address: string) =>
    ({ target: prefix(address), direction: "inbound", durationMs: null, reason: "by hand" }) as const
  const fill = () => {
    for (let kilobytes = 1024; kilobytes >= 1; kilobytes /= 2)
      for (let n = 0; ; n++) {
        try {
          writeFileSync(join(disk, `ballast-${kilobytes}-${n}`), Buffer.alloc(kilobytes * 1024))
        } catch {
          break
        }
      }
  }
  const empty = () => execFileSync("find", [disk, "-name", "ballast-*", "-delete"])

  beforeAll(async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMegabytes}m`, "tmpfs", disk])
    world = await createWorld({ database: null, pledge, place: inMemory(pledge), under: disk })
    await world.insist((ask) => ask.changePolicy(atOnce, operator))
  }, 30_000)
  afterAll(async () => {
    await world?.close()
    execFileSync("umount", [disk])
    rmdirSync(disk)
  })

  it("acknowledges and enforces nothing that it could not store, keeps what is in force, and goes on when there is room", async () => {
    const made = await world.insist((ask) => ask.block(byHand("203.0.113.1"), operator))
    pledge.blocked("203.0.113.1", null)
    expect(await world.settled()).toEqual([])
    fill()
    const waiting: Alert[] = []
    // What SQLite has room for in its file is stored; then there is none.
    for (let full = false; !full && sent < maxSent; ) {
      const alert = alertOfNew(`198.18.${sent >> 8}.${sent & 255}`)
      const since = Date.now()
      try {
        await world.server().operations.ingest([alert])
        pledge.stored([alert.id])
        pledge.blocked(alert.attacker, since + blockMs - stepMs)
      } catch (error) {
        full = /full|disk|I\/O|stor/i.test(String(error))
        waiting.push(alert)
        pledge.free(alert.attacker)
      }
    }
    expect(waiting).toHaveLength(1)
    await expect(world.server().operations.block(byHand("203.0.113.2"), operator)).rejects.toThrow()
    pledge.free("203.0.113.2")
    // What was made before cannot be written down as reported, and stands.
    expect((await world.standingNow()).map(({ key }) => key)).toContain("inbound 203.0.113.1/32")
    expect((await world.standingNow()).map(({ key }) => key)).not.toContain("inbound 203.0.113.2/32")
    await world.server().kill()

    empty()
    await world.insist((ask) => ask.ingest(waiting))
    for (const alert of waiting) {
      pledge.stored([alert.id])
      pledge.blocked(alert.attacker, Date.now() - 1000 + blockMs - stepMs)
    }
    await world.insist((ask) => ask.undo(made.id, { falsePositive: false, comment: "" }, operator))
    pledge.free("203.0.113.1")
    expect(await world.settled()).toEqual([])
  }, 120_000)
})
