import type { ChildProcess } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createLab, type Lab } from "../../../test/e2e/support/netns.ts"
import { has } from "../../../test/support/requirements.ts"
import { countermeasureId, type Direction, prefix, systemClock } from "../../core/index.ts"
import { type Block, type Enforcer, keyOf } from "../enforcer.ts"
import { createReconciler } from "../reconciler.ts"
import { createNftablesEnforcer } from "./nftables.ts"

const signal = new AbortController().signal

const echo = `require("node:net").createServer((socket) => { socket.on("error", () => {}); socket.pipe(socket) })
  .listen(7007, "0.0.0.0", () => console.log("ready"))`
const connect = (host: string) => `const socket = require("node:net").connect(7007, ${JSON.stringify(host)})
  const end = (how) => { console.log(how); process.exit() }
  socket.once("connect", () => end("connected")); socket.once("error", () => end("refused")); setTimeout(end, 800, "silence")`
/** One connection for good, on which every tick that comes back is a line. */
const ticker = (host: string) => `const socket = require("node:net").connect(7007, ${JSON.stringify(host)})
  socket.on("data", (data) => process.stdout.write(data)); socket.on("error", () => process.exit(1))
  setInterval(() => socket.write("tick\\n"), 50)`

describe.runIf(has("nftables against real packets", "root", "nft", "ip"))("nftables against real packets", () => {
  let lab: Lab
  let enforcer: Enforcer
  let attacker: { ticks: () => number }
  let friend: { ticks: () => number }

  const follow = (child: ChildProcess) => {
    let ticks = 0
    child.stdout?.on("data", (data: Buffer) => {
      ticks += data.toString("latin1").split("\n").length - 1
    })
    return { ticks: () => ticks }
  }
  const until = async (what: () => boolean) => {
    for (let waitedMs = 0; !what(); waitedMs += 10) {
      if (waitedMs > 10_000) throw new Error("it did not become true in 10 s")
      await sleep(10)
    }
  }
  const reaches = (place: string, to = lab.hostAddress(place)) =>
    lab.run(place, process.execPath, "-e", connect(to)).trim() === "connected"
  const block = (target: string, forMs: number | null, direction: Direction = "inbound"): Block => ({
    target: prefix(target),
    direction,
    expiresAt: forMs === null ? null : Date.now() + forMs,
  })

  beforeAll(async () => {
    lab = createLab("nft", ["attacker", "friend"])
    enforcer = createNftablesEnforcer({ clock: systemClock }, { netns: lab.host })
    const servers = ["host", "attacker", "friend"].map((place) =>
      follow(lab.start(place, process.execPath, "-e", echo)),
    )
    await until(() => servers.every((server) => server.ticks() > 0))
    attacker = follow(lab.start("attacker", process.execPath, "-e", ticker(lab.hostAddress("attacker"))))
    friend = follow(lab.start("friend", process.execPath, "-e", ticker(lab.hostAddress("friend"))))
    await until(() => attacker.ticks() > 2 && friend.ticks() > 2)
  })
  afterAll(() => lab.close())

  it("cuts an established connection at once, lets another client go on, and ends by itself", async () => {
    expect(reaches("attacker")).toBe(true)
    const startedAt = Date.now()
    await enforcer.apply([{ kind: "add", block: block(lab.addressOf("attacker"), 3000) }], signal)
    await sleep(50) // What was in the pipe already.
    const [cut, going] = [attacker.ticks(), friend.ticks()]
    await sleep(500)
    expect(attacker.ticks()).toBe(cut)
    expect(friend.ticks()).toBeGreaterThan(going + 3)
    expect([reaches("attacker"), reaches("friend")]).toEqual([false, true])
    expect((await enforcer.refused?.(signal))?.packets).toBeGreaterThan(0)
    await until(() => attacker.ticks() > cut)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(2900)
    expect(await enforcer.observe(signal)).toEqual([])
  })

  it("drops what a prefix holds, and lets go of it when it is removed", async () => {
    const { target } = block(`${lab.addressOf("attacker")}/30`, null)
    await enforcer.apply([{ kind: "add", block: { target, direction: "inbound", expiresAt: null } }], signal)
    expect([reaches("attacker"), reaches("friend")]).toEqual([false, true])
    await enforcer.apply([{ kind: "remove", block: { target, direction: "inbound" } }], signal)
    expect([reaches("attacker"), reaches("friend")]).toEqual([true, true])
  })

  it("drops what goes out to an address, and not what comes from it", async () => {
    const away = block(lab.addressOf("attacker"), null, "outbound")
    const before = (await enforcer.refused?.(signal))?.packets ?? 0
    await enforcer.apply([{ kind: "add", block: away }], signal)
    expect(reaches("host", lab.addressOf("attacker"))).toBe(false)
    expect(reaches("host", lab.addressOf("friend"))).toBe(true)
    expect((await enforcer.refused?.(signal))?.packets).toBeGreaterThan(before)
    await enforcer.apply([{ kind: "remove", block: away }], signal)
    expect(reaches("host", lab.addressOf("attacker"))).toBe(true)
  })

  it("stands again within the time between two checks after someone flushed the firewall", async () => {
    const target = prefix(lab.addressOf("attacker"))
    const now = Date.now()
    const reconciler = createReconciler(
      {
        enforcer,
        clock: systemClock,
        desired: () => [wish(target, now)],
        refusalNow: async () => undefined,
        report: async () => undefined,
        onError: (error) => {
          throw error
        },
      },
      { driftCheckMs: 200 },
    )
    try {
      reconciler.kick()
      await reconciler.settled()
      expect(reaches("attacker")).toBe(false)
      lab.run("host", "nft", "flush", "ruleset")
      await sleep(500)
      expect(reaches("attacker")).toBe(false)
      expect((await enforcer.observe(signal)).map(keyOf)).toEqual([`inbound ${target}`])
    } finally {
      await reconciler.stop()
    }
    expect(reaches("attacker")).toBe(false)
    await enforcer.teardown(signal)
    expect(reaches("attacker")).toBe(true)
  })
})

function wish(target: Block["target"], now: number) {
  return {
    id: countermeasureId.parse("cm_1"),
    action: "block",
    direction: "inbound",
    target,
    enforcers: ["nftables"],
    severity: "high",
    reason: { by: "user:test", text: "test", policy: null, incident: null, alerts: [] },
    createdAt: now,
    expiresAt: null,
    endedAt: null,
    endReason: null,
    endedBy: null,
    reports: [],
  } as const
}
