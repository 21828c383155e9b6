import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { createLab, type Lab } from "../../../test/e2e/support/netns.ts"
import { has } from "../../../test/support/requirements.ts"
import { prefix, systemClock } from "../../core/index.ts"
import type { Block, Enforcer, Operation } from "../enforcer.ts"
import { createNftablesEnforcer } from "./nftables.ts"

const signal = new AbortController().signal
const hourMs = 3_600_000
const sendFor = (host: string) => `const socket = require("node:dgram").createSocket("udp4")
  const send = () => { for (let n = 0; n < 50; n++) socket.send("x", 7009, ${JSON.stringify(host)}, () => {}); setImmediate(send) }
  socket.on("error", () => {}); send()`

// Most of it is waiting for nft, which takes as long as the machine is busy.
describe.runIf(has("nftables under a flood", "root", "nft", "ip"))(
  "while a blocked sender floods",
  { timeout: 240_000 },
  () => {
    let lab: Lab
    let enforcer: Enforcer

    const nft = (...args: readonly string[]) => lab.run("host", "nft", ...args)
    /** What came past our table, as another table counts it. */
    const passed = () => Number(/packets (\d+)/.exec(nft("list", "counter", "inet", "watch", "passed"))?.[1])
    const refused = async () => (await enforcer.refused?.(signal))?.packets ?? 0
    const until = async (what: () => boolean) => {
      for (let waitedMs = 0; !what(); waitedMs += 20) {
        if (waitedMs > 10_000) throw new Error("it did not become true in 10 s")
        await sleep(20)
      }
    }
    const block = (target: string, forMs = hourMs): Block => ({
      target: prefix(target),
      direction: "inbound",
      expiresAt: Date.now() + forMs,
    })
    const many = (count: number, second: number, length = 32) =>
      Array.from({ length: count }, (_, index) =>
        block(`10.${second + (index >> 16)}.${(index >> 8) & 255}.${index & 255}/${length}`),
      )
    const apply = async (operations: readonly Operation[]) => {
      const outcomes = await enforcer.apply(operations, signal)
      expect(outcomes.filter(({ kind }) => kind !== "applied")).toEqual([])
    }
    const all = (kind: "add" | "extend" | "remove", blocks: readonly Block[]): readonly Operation[] =>
      blocks.map((one) => ({ kind, block: one }))
    /** Nothing came through, though a lot was sent meanwhile. */
    const letsNothingThrough = async (what: () => Promise<void>) => {
      const [before, refusedBefore] = [passed(), await refused()]
      await what()
      // A rebuilt or an emptied set would count anew; a few hundred packets are what the slowest machine sends in the shortest change.
      expect(Math.abs((await refused()) - refusedBefore)).toBeGreaterThan(300)
      expect(passed() - before).toBe(0)
    }

    beforeAll(async () => {
      lab = createLab("flood", ["attacker"])
      enforcer = createNftablesEnforcer({ clock: systemClock }, { netns: lab.host })
      nft(
        "add table inet watch { counter passed { }; chain input { type filter hook input priority 0; udp dport 7009 counter name passed drop; }; }",
      )
      lab.start("attacker", process.execPath, "-e", sendFor(lab.hostAddress("attacker")))
      await until(() => passed() > 1000)
    })
    afterEach(async () => {
      await enforcer.teardown(signal)
      const before = passed()
      await until(() => passed() > before + 100) // It still sends, and would come through.
    })
    afterAll(() => lab.close())

    it("100,000 addresses are added, get other ends, are replaced by others and taken away, without a packet let through", async () => {
      const attacker = block(lab.addressOf("attacker"))
      const [first, second] = [many(100_000, 20), many(100_000, 30)]
      await apply(all("add", [attacker]))
      await letsNothingThrough(() => apply(all("add", first)))
      const later = [attacker, ...first].map((one) => ({ ...one, expiresAt: Date.now() + 2 * hourMs }))
      await letsNothingThrough(() => apply(all("extend", later)))
      await letsNothingThrough(() =>
        apply([
          ...all("remove", first.slice(0, 60_000)),
          ...all("add", second.slice(0, 60_000)),
          ...all("extend", [attacker]),
        ]),
      )
      expect(await enforcer.observe(signal)).toHaveLength(100_001)
      await letsNothingThrough(() => apply(all("remove", [...first.slice(60_000), ...second.slice(0, 60_000)])))
    })

    it("10,000 prefixes beside it are rewritten, and narrower ones take the place of a wide one, without a packet let through", async () => {
      const around = block(`${lab.addressOf("attacker")}/24`)
      const others = many(20_000, 20, 31).filter((_, index) => index % 2 === 0)
      await apply(all("add", [around]))
      await letsNothingThrough(() => apply(all("add", others)))
      const later = [around, ...others].map((one) => ({ ...one, expiresAt: Date.now() + 2 * hourMs }))
      await letsNothingThrough(() => apply(all("extend", later)))
      const wide = block("10.66.0.0/16")
      await letsNothingThrough(() => apply([...all("remove", [around]), ...all("add", [wide])]))
      await letsNothingThrough(() => apply([...all("remove", [wide, ...others]), ...all("add", [around])]))
      await letsNothingThrough(() =>
        apply([
          ...all("remove", [around]),
          ...all("add", [block(`${lab.addressOf("attacker")}/32`)]),
          ...all("add", [wide]),
        ]),
      )
    })

    it("the table is made anew with all it held, for other settings and after somebody broke its rules", async () => {
      await apply(all("add", [block(lab.addressOf("attacker")), ...many(5000, 20)]))
      const other = createNftablesEnforcer({ clock: systemClock }, { netns: lab.host, maxElements: 20_000 })
      const before = passed()
      expect(await other.apply(all("add", [block("203.0.113.7")]), signal)).toEqual([{ kind: "applied" }])
      await sleep(100)
      expect(passed() - before).toBe(0)
      expect(await other.observe(signal)).toHaveLength(5002)
    })
  },
)
