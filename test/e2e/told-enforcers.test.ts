import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { configSchema } from "../../src/app/config.ts"
import { startThwart, type Thwart } from "../../src/app/start.ts"
import { type CountermeasureId, prefix, systemClock } from "../../src/core/index.ts"
import { startSink } from "../../src/notifications/testing/http-sink.ts"

const actor = { who: "user:ada", from: "192.0.2.7" }
let dataDir: string
let sink: Awaited<ReturnType<typeof startSink>>
let isAway: boolean
let thwart: Thwart | undefined

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "thwart-told-"))
  isAway = false
  sink = await startSink(() => ({ status: isAway ? 503 : 200 }))
  writeFileSync(join(dataDir, "fw"), '#!/bin/sh\necho "$@" >> "$0.log"\n')
  chmodSync(join(dataDir, "fw"), 0o755)
})
afterEach(async () => {
  await thwart?.stop()
  thwart = undefined
  await sink.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function startAgain(): Promise<Thwart> {
  await thwart?.stop()
  const place = { url: `${sink.url}/{{action}}/{{address}}`, method: "POST" }
  const fw = join(dataDir, "fw")
  const config = configSchema.parse({
    listen: { port: 0 },
    driftCheckMs: 250,
    enforcers: [
      { kind: "webhook", name: "edge", block: place, unblock: place },
      { kind: "exec", block: [fw, "add", "{{address}}"], unblock: [fw, "del", "{{address}}"] },
    ],
    notifications: {
      targets: [{ name: "soc", kind: "webhook", url: `${sink.url}/notify`, minSeverity: "low" }],
    },
  })
  thwart = await startThwart({ clock: systemClock, onError: () => undefined }, { config, dataDir })
  return thwart
}

/** Resolves with the states, by enforcer, once they are these. */
async function untilReported(id: CountermeasureId, wanted: Readonly<Record<string, string>>): Promise<void> {
  for (let tries = 0; ; tries++) {
    const found = await thwart?.store.countermeasure(id)
    const states = Object.fromEntries(found?.reports.map(({ enforcer, state }) => [enforcer, state]) ?? [])
    if (JSON.stringify(Object.entries(states).sort()) === JSON.stringify(Object.entries(wanted).sort())) return
    if (tries > 500) throw new Error(`the states are ${JSON.stringify(found?.reports)}, not ${JSON.stringify(wanted)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const paths = () => sink.received.map(({ path }) => path).filter((path) => path !== "/notify")
const log = () => readFileSync(join(dataDir, "fw.log"), "utf8").trim().split("\n")
const told = () =>
  sink.received.filter(({ path }) => path === "/notify").map(({ text }) => JSON.parse(text).type as string)

describe("systems of the operator's", () => {
  it("are told to block and to unblock, once each, across a restart; people are told that it holds and that it ended", async () => {
    const { responder } = await startAgain()
    const wish = { target: prefix("203.0.113.7"), direction: "inbound", durationMs: null, reason: "spraying" } as const
    const { id, enforcers } = await responder.block(wish, actor)
    expect(enforcers).toEqual(["edge", "exec"])
    await untilReported(id, { edge: "applied", exec: "applied" })
    expect([paths(), log()]).toEqual([["/block/203.0.113.7"], ["add 203.0.113.7"]])

    const after = await startAgain()
    await untilReported(id, { edge: "applied", exec: "applied" })
    await after.responder.undo(id, { falsePositive: false, comment: "" }, actor)
    for (let tries = 0; paths().length + log().length < 4 && tries < 500; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect([paths(), log()]).toEqual([
      ["/block/203.0.113.7", "/unblock/203.0.113.7"],
      ["add 203.0.113.7", "del 203.0.113.7"],
    ])
    for (let tries = 0; told().length < 2 && tries < 500; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(told()).toEqual(["countermeasure.applied", "countermeasure.ended"])
  })

  it("that are away are reported as failed, and told as soon as they are back", async () => {
    isAway = true
    const { responder } = await startAgain()
    const wish = { target: prefix("203.0.113.7"), direction: "inbound", durationMs: 600_000, reason: "x" } as const
    const { id } = await responder.block(wish, actor)
    await untilReported(id, { edge: "failed", exec: "applied" })
    isAway = false
    await untilReported(id, { edge: "applied", exec: "applied" })
    expect(new Set(paths())).toEqual(new Set(["/block/203.0.113.7"]))
    expect(log()).toEqual(["add 203.0.113.7"])
  })

  it("are told of blocks alone: a limit to a rate is reported as not enforced", async () => {
    const { responder } = await startAgain()
    const rate = { perSecond: 100, unit: "packets" } as const
    const wish = { target: prefix("203.0.113.7"), direction: "inbound", durationMs: null, reason: "x" } as const
    const limit = await responder.block({ ...wish, action: "limit", rate }, actor)
    await untilReported(limit.id, { edge: "not-enforced", exec: "not-enforced" })
    const found = await thwart?.store.countermeasure(limit.id)
    expect(found?.reports.map(({ reason }) => reason)).toEqual([
      "edge can't limit an address",
      "exec can't limit an address",
    ])
    const block = await responder.block({ ...wish, target: prefix("203.0.113.8") }, actor)
    await untilReported(block.id, { edge: "applied", exec: "applied" })
    expect([paths(), log()]).toEqual([["/block/203.0.113.8"], ["add 203.0.113.8"]])
  })

  it("are not told of anything with settings that are wrong, and each mistake is told where it is", () => {
    const place = "http://127.0.0.1/{{target}}"
    const cases = [
      [[{ kind: "webhook", unblock: { url: place } }], ["enforcers", 0, "block"]],
      [[{ kind: "webhook", block: { url: "{{who}}" }, unblock: { url: place } }], ["enforcers", 0, "block", "url"]],
      [
        ["http", { kind: "exec", block: ["fw"], unblock: ["/bin/fw"] }],
        ["enforcers", 1, "block"],
      ],
      [[{ kind: "aws-nacl", networkAcls: ["acl-1"] }], ["enforcers", 0, "networkAcls", 0]],
      [[{ kind: "iptables" }], ["enforcers", 0, "kind"]],
      [[7], ["enforcers", 0]],
    ] as const
    expect(cases).toHaveLength(6)
    for (const [enforcers, path] of cases)
      expect(configSchema.safeParse({ enforcers }).error?.issues.map((issue) => issue.path)).toEqual([path])
    expect(configSchema.parse({ enforcers: ["nftables"] }).enforcers).toEqual(["nftables"])
    const arn = (id: string) => `arn:aws:ec2:eu-central-1:111122223333:network-acl/${id}`
    const blocks = ["acl-1", "acl-2"].map((id) => ({ kind: "aws-nacl", networkAcls: [arn(id)] }))
    const mixed = [...blocks, "nftables", { kind: "webhook", block: { url: place }, unblock: { url: place } }]
    const parsed = configSchema.parse({ enforcers: mixed }).enforcers
    expect(parsed.map((one) => (typeof one === "string" ? one : one.kind))).toEqual([
      "aws-nacl",
      "aws-nacl",
      "nftables",
      "webhook",
    ])
  })
})
