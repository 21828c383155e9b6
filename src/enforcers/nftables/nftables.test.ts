import { execFileSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { has } from "../../../test/support/requirements.ts"
import { type Direction, familyOf, prefix, systemClock } from "../../core/index.ts"
import { itKeepsTheContract } from "../contract.ts"
import { type Block, keyOf } from "../enforcer.ts"
import { createNft } from "./nft.ts"
import { createNftablesEnforcer } from "./nftables.ts"

const signal = new AbortController().signal
const space = `thwart-nft-${process.pid}`
const hourMs = 3_600_000

const nft = (...args: readonly string[]) =>
  execFileSync("ip", ["netns", "exec", space, "nft", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
const open = (options: { readonly maxElements?: number } = {}) =>
  createNftablesEnforcer({ clock: systemClock }, { netns: space, ...options })
const block = (target: string, forMs: number | null = hourMs, direction: Direction = "inbound"): Block => ({
  target: prefix(target),
  direction,
  expiresAt: forMs === null ? null : Date.now() + forMs,
})
const add = (...blocks: readonly Block[]) => blocks.map((one) => ({ kind: "add", block: one }) as const)

const foreignTable = `table inet theirs {
  set inbound4 { type ipv4_addr; elements = { 192.0.2.1 } }
  chain inbound { type filter hook prerouting priority -310; policy accept; ip saddr @inbound4 counter drop; }
}`

/** True when one of the table's sets gives an element that holds this address. */
function holds(address: string, direction: Direction): boolean {
  const name = `${direction}${familyOf(prefix(address))}`
  return [name, `${name}_prefixes`].some((set) => {
    try {
      return nft("get", "element", "inet", "thwart", set, `{ ${address} }`) !== ""
    } catch {
      return false // nft fails when there is no such element.
    }
  })
}

describe.runIf(has("the nftables contract", "root", "nft", "ip"))("nftables", () => {
  beforeAll(() => {
    execFileSync("ip", ["netns", "add", space])
    execFileSync("ip", ["netns", "exec", space, "nft", "-f", "-"], { input: foreignTable })
  })
  afterAll(() => {
    execFileSync("ip", ["netns", "del", space])
  })

  describe("the contract", () => {
    itKeepsTheContract(async () => ({
      enforcer: open(),
      again: open,
      directions: ["inbound", "outbound"],
      now: systemClock.now,
      pass: (ms) => sleep(ms).then(() => undefined),
      foreign: async () => nft("list", "table", "inet", "theirs"),
      holds: async (address, direction) => holds(address, direction),
      close: async () => undefined,
    }))
  })

  describe("its own table", () => {
    afterEach(() => open().teardown(signal))

    it("is made again when someone deleted it", async () => {
      const enforcer = open()
      await enforcer.apply(add(block("203.0.113.7")), signal)
      nft("delete", "table", "inet", "thwart")
      expect(await enforcer.observe(signal)).toEqual([])
      expect(await enforcer.apply(add(block("203.0.113.7")), signal)).toEqual([{ kind: "applied" }])
      expect((await enforcer.observe(signal)).map(keyOf)).toEqual(["inbound 203.0.113.7/32"])
    })

    const damages: readonly (readonly [string, readonly string[]])[] = [
      ["its rules were flushed", ["flush", "chain", "inet", "thwart", "inbound"]],
      ["a rule in front lets everything pass", ["insert", "rule", "inet", "thwart", "inbound", "accept"]],
      ["it was put to sleep", ["add", "table", "inet", "thwart", "{ flags dormant; }"]],
    ]
    it.each(damages)("counts as empty when %s, and is repaired with all it held", async (_, damage) => {
      const enforcer = open()
      const before = [block("203.0.113.7"), block("198.51.100.0/24"), block("2001:db8::/32", null)]
      await enforcer.apply(add(...before), signal)
      nft(...damage)
      expect(await enforcer.observe(signal)).toEqual([])
      expect(await enforcer.apply(add(block("203.0.113.8")), signal)).toEqual([{ kind: "applied" }])
      const after = await enforcer.observe(signal)
      expect(after.map(keyOf).sort()).toEqual([...before, block("203.0.113.8")].map(keyOf).sort())
      const kept = after.find(({ target }) => target === "198.51.100.0/24")?.expiresAt ?? 0
      expect(Math.abs(kept - (before[1]?.expiresAt ?? 0))).toBeLessThanOrEqual(enforcer.toleranceMs)
    })
    it("was damaged in 3 ways", () => expect(damages).toHaveLength(3))

    it("is made anew, with all it held, when it was made by other settings", async () => {
      await open({ maxElements: 100 }).apply(add(block("203.0.113.7"), block("198.51.100.0/24")), signal)
      const enforcer = open({ maxElements: 200 })
      await enforcer.apply(add(block("203.0.113.8")), signal)
      expect(nft("list", "set", "inet", "thwart", "inbound4")).toContain("size 200")
      expect(await enforcer.observe(signal)).toHaveLength(3)
    })

    it("leaves alone what someone else put into its sets, and fails only the entry that collides with it", async () => {
      const enforcer = open()
      await enforcer.apply([], signal)
      nft("add", "element", "inet", "thwart", "inbound4_prefixes", "{ 192.0.2.10-192.0.2.20 }")
      const results = await enforcer.apply(
        add(block("198.51.100.0/24"), block("192.0.2.0/28"), block("203.0.113.0/24"), block("203.0.113.7")),
        signal,
      )
      expect(results).toEqual([
        { kind: "applied" },
        { kind: "failed", reason: expect.stringContaining("interval overlaps with an existing one") },
        { kind: "applied" },
        { kind: "applied" },
      ])
      const many = Array.from({ length: 40 }, (_, index) => block(`10.${index}.0.0/16`))
      await enforcer.apply(add(...many), signal)
      await enforcer.apply(
        many.map((one) => ({ kind: "remove", block: one })),
        signal,
      )
      expect(nft("list", "set", "inet", "thwart", "inbound4_prefixes")).toContain("192.0.2.10-192.0.2.20")
    })

    it("says of what finds no room that it is not enforced, and enforces the rest", async () => {
      const enforcer = open({ maxElements: 50 })
      const blocks = Array.from({ length: 60 }, (_, index) => block(`203.0.113.${index}`))
      const results = await enforcer.apply([...add(...blocks), ...add(block("2001:db8::1"))], signal)
      const full = { kind: "not-enforced", reason: "capacity: inbound4 is full (50 entries)" }
      expect(results.filter(({ kind }) => kind === "applied")).toHaveLength(51)
      expect(results.slice(50, 60)).toEqual(Array.from({ length: 10 }, () => full))
      expect(enforcer.poolOf?.(block("203.0.113.1"))).toEqual({ name: "inbound4", size: 50 })
      expect(await enforcer.apply([{ kind: "remove", block: block("203.0.113.99") }], signal)).toEqual([
        { kind: "already" },
      ])
    })

    it("moves the ends of thousands of prefixes in one transaction", async () => {
      const enforcer = open()
      const blocks = Array.from({ length: 3000 }, (_, index) => block(`10.${index >> 8}.${index & 255}.0/24`))
      await enforcer.apply(add(...blocks), signal)
      const later = blocks.map(
        (one) => ({ kind: "extend", block: { ...one, expiresAt: Date.now() + 5 * hourMs } }) as const,
      )
      expect((await enforcer.apply(later, signal)).every(({ kind }) => kind === "applied")).toBe(true)
      const ends = (await enforcer.observe(signal)).map(({ expiresAt }) => (expiresAt ?? 0) - Date.now())
      expect(ends).toHaveLength(3000)
      expect(Math.min(...ends)).toBeGreaterThan(4.9 * hourMs)
    })

    it("tells in a preview the commands of each operation, also for a table that is not there, and changes nothing", async () => {
      const enforcer = open()
      await enforcer.teardown(signal)
      const before = nft("list", "ruleset")
      const operations = [
        ...add(block("203.0.113.7"), block("198.51.100.0/24", null, "outbound"), block("2001:db8::7", 90_000)),
        { kind: "remove", block: block("203.0.113.8") } as const,
      ]
      const made = await enforcer.preview?.(operations, signal)
      expect(made?.calls.map(({ call }) => call)).toEqual([
        "nft add element inet thwart inbound4 { 203.0.113.8 }",
        "nft delete element inet thwart inbound4 { 203.0.113.8 }",
        "nft add element inet thwart inbound4 { 203.0.113.7 timeout 3600s }",
        "nft add element inet thwart outbound4_prefixes { 198.51.100.0/24 }",
        "nft add element inet thwart inbound6 { 2001:db8::7 timeout 90s }",
      ])
      expect(made?.note).toMatch(/one transaction .*; the table inet thwart .* is made first/)
      expect(nft("list", "ruleset")).toBe(before)
      // What is told can be done: nft takes each of them, in this order, once the table is there.
      await enforcer.apply([], signal)
      for (const { call } of made?.calls ?? []) nft(...call.split(" ").slice(1))
      expect((await enforcer.observe(signal)).map(keyOf).sort()).toEqual([
        "inbound 2001:db8::7/128",
        "inbound 203.0.113.7/32",
        "outbound 198.51.100.0/24",
      ])
      expect((await enforcer.preview?.([], signal))?.note).toBe("one transaction (nft -j -f -)")
      await enforcer.teardown(signal)
    })

    it("counts nothing as refused before a packet came", async () => {
      const enforcer = open()
      expect(await enforcer.refused?.(signal)).toEqual({ packets: 0, bytes: 0 })
      await enforcer.apply(add(block("203.0.113.7")), signal)
      expect(await enforcer.refused?.(signal)).toEqual({ packets: 0, bytes: 0 })
    })
  })

  it("says which namespace is missing", async () => {
    const enforcer = createNftablesEnforcer({ clock: systemClock }, { netns: `${space}-no` })
    const what = { code: "THWART_NFT_FAILED", message: expect.stringMatching(/network namespace .*ip netns list/) }
    await expect(enforcer.observe(signal)).rejects.toMatchObject(what)
    await expect(enforcer.apply(add(block("203.0.113.7")), signal)).rejects.toMatchObject(what)
  })
})

describe("nft", () => {
  const folder = mkdtempSync(join(tmpdir(), "thwart-nft-"))
  const path = process.env.PATH
  const withNft = (script: string | undefined) => {
    if (script !== undefined) writeFileSync(join(folder, "nft"), `#!/bin/sh\n${script}\n`)
    if (script !== undefined) chmodSync(join(folder, "nft"), 0o755)
    process.env.PATH = folder
    return createNftablesEnforcer({ clock: systemClock })
  }
  afterEach(() => {
    process.env.PATH = path
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it("says what to install when it is not there", async () => {
    await expect(withNft(undefined).observe(signal)).rejects.toMatchObject({
      code: "THWART_NFT_FAILED",
      message: expect.stringContaining("apt-get install nftables"),
    })
  })

  it("says what it needs when it is not allowed to work, and tries no second time", async () => {
    const enforcer = withNft("echo 'Operation not permitted (you must be root)' >&2; exit 1")
    await expect(enforcer.apply(add(block("203.0.113.7"), block("203.0.113.8")), signal)).rejects.toMatchObject({
      code: "THWART_NFT_FAILED",
      message: expect.stringContaining("CAP_NET_ADMIN"),
    })
  })

  it("is ended when its caller gives up", async () => {
    const giveUp = new AbortController()
    process.env.PATH = folder
    writeFileSync(join(folder, "nft"), "#!/bin/sh\nexec /bin/sleep 60\n")
    chmodSync(join(folder, "nft"), 0o755)
    const running = createNft(null)(["list", "tables"], "", giveUp.signal)
    giveUp.abort()
    await expect(running).rejects.toMatchObject({
      code: "THWART_NFT_FAILED",
      message: expect.stringContaining("it was stopped"),
    })
  })
})
