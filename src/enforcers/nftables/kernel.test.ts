import type { ChildProcess } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createLab, type Lab } from "../../../test/e2e/support/netns.ts"
import { has } from "../../../test/support/requirements.ts"
import { countermeasureId, type Direction, type EnforcementReport, prefix, systemClock } from "../../core/index.ts"
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

const conntrack = `add table inet firewall {
  counter established { }
  chain input { type filter hook input priority -300; ct state established counter name established accept; }
  chain forward { type filter hook forward priority -300; ct state established accept; }
}`

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

  const established = () =>
    Number(/packets (\d+)/.exec(lab.run("host", "nft", "list", "counter", "inet", "firewall", "established"))?.[1])
  /** How many of 200 pings, a hundred in a second or fewer, were answered, and in how many seconds. */
  const ping = (place: string, to: string, bytes = 56) => {
    const said = lab.run(place, "sh", "-c", `ping -q -c 200 -i 0.01 -W 1 -s ${bytes} ${to}; true`)
    const [, answered, ms] = /(\d+) received.*time (\d+)ms/.exec(said) ?? []
    return { answered: Number(answered), seconds: Number(ms) / 1000 }
  }

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
    // What firewalls do everywhere: whatever belongs to a connection that stands is let through.
    lab.run("host", "nft", conntrack)
    lab.run("host", "sysctl", "-qw", "net.ipv4.ip_forward=1")
    for (const place of ["attacker", "friend"])
      lab.run(place, "ip", "route", "add", "default", "via", lab.hostAddress(place))
    await until(() => established() > 10)
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

  it("cuts an established connection by what goes out, too", async () => {
    const away = block(lab.addressOf("attacker"), null, "outbound")
    await enforcer.apply([{ kind: "add", block: away }], signal)
    await sleep(50)
    const [cut, going, known] = [attacker.ticks(), friend.ticks(), established()]
    await sleep(500)
    expect(attacker.ticks()).toBe(cut)
    expect(friend.ticks()).toBeGreaterThan(going + 3)
    expect(established()).toBeGreaterThan(known)
    await enforcer.apply([{ kind: "remove", block: away }], signal)
    await until(() => attacker.ticks() > cut)
  })

  it("stands between others, too: what comes from an address, and what goes to it, is not forwarded", async () => {
    const [from, to] = [block(lab.addressOf("attacker"), null), block(lab.addressOf("friend"), null, "outbound")]
    const through = () => [
      reaches("attacker", lab.addressOf("friend")),
      reaches("friend", lab.addressOf("attacker")),
      reaches("friend"),
    ]
    expect(through()).toEqual([true, true, true])
    await enforcer.apply([{ kind: "add", block: from }], signal)
    expect(through()).toEqual([false, false, true])
    await enforcer.apply(
      [
        { kind: "remove", block: from },
        { kind: "add", block: to },
      ],
      signal,
    )
    expect(through()).toEqual([false, false, false])
    await enforcer.apply([{ kind: "remove", block: to }], signal)
    expect(through()).toEqual([true, true, true])
  })

  const limits = [
    ["inbound", 32, { perSecond: 20, unit: "packets" }, 56, 20],
    ["inbound", 24, { perSecond: 20_000, unit: "bytes" }, 972, 20],
    ["outbound", 32, { perSecond: 20, unit: "packets" }, 56, 20],
  ] as const
  it.each(limits)(
    "lets through %s of a /%i only %o, and counts the rest",
    async (direction, length, rate, bytes, perSecond) => {
      expect(limits).toHaveLength(3)
      const limit: Block = {
        ...block(`${lab.addressOf("attacker")}/${length}`, 60_000, direction),
        ...{ action: "limit", rate },
      }
      expect(await enforcer.apply([{ kind: "add", block: limit }], signal)).toEqual([{ kind: "applied" }])
      const inbound = direction === "inbound"
      const { answered, seconds } = ping(
        inbound ? "attacker" : "host",
        inbound ? lab.hostAddress("attacker") : lab.addressOf("attacker"),
        bytes,
      )
      const other = ping("friend", lab.hostAddress("friend"))
      const [seen] = await enforcer.observe(signal)
      expect(other.answered).toBe(200)
      // A second's worth at once, then the rate; the ticker takes its share.
      expect(answered).toBeLessThanOrEqual(perSecond * (seconds + 1) + 2)
      expect(answered).toBeGreaterThan(0)
      expect(seen && keyOf(seen)).toBe(keyOf(limit))
      expect(seen?.refused?.packets).toBeGreaterThanOrEqual(200 - answered)
      expect(seen?.refused?.bytes).toBeGreaterThanOrEqual((200 - answered) * (bytes + 28))
      expect(await enforcer.apply([{ kind: "remove", block: limit }], signal)).toEqual([{ kind: "applied" }])
      expect(ping("attacker", lab.hostAddress("attacker")).answered).toBe(200)
    },
  )

  it("blocks an address that is limited, and tells of each what it refused", async () => {
    const address = lab.addressOf("attacker")
    const blocked = block(address, null)
    const limit: Block = { ...blocked, action: "limit", rate: { perSecond: 5, unit: "packets" } }
    await enforcer.apply(
      [limit, blocked].map((one) => ({ kind: "add", block: one })),
      signal,
    )
    expect(ping("attacker", lab.hostAddress("attacker")).answered).toBe(0)
    const refused = new Map((await enforcer.observe(signal)).map((one) => [keyOf(one), one.refused?.packets ?? 0]))
    expect(refused.get(keyOf(blocked))).toBeGreaterThanOrEqual(200)
    expect(refused.get(keyOf(limit))).toBe(0)
    await enforcer.apply(
      [limit, blocked].map((one) => ({ kind: "remove", block: one })),
      signal,
    )
    expect(await enforcer.observe(signal)).toEqual([])
  })

  it("stands again within the time between two checks after someone flushed the firewall", async () => {
    const target = prefix(lab.addressOf("attacker"))
    const now = Date.now()
    const reports: EnforcementReport[] = []
    const reconciler = createReconciler(
      {
        enforcer,
        clock: systemClock,
        desired: () => [wish(target, now)],
        refusalNow: async () => undefined,
        report: async (_, report) => void reports.push(report),
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
      // The proof: what was refused because of it is reported as soon as it is more than nothing.
      await until(() => reports.some(({ state, refused }) => state === "applied" && (refused?.packets ?? 0) > 0))
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
