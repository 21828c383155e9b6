import { expect, it } from "vitest"
import { type Cidr, type Direction, type Millis, prefix } from "../core/index.ts"
import { type Block, type Enforcer, keyOf, type Operation, type OperationResult } from "./enforcer.ts"
import { type EntrySubject, itKeepsItsEntries } from "./entries-contract.ts"
import { sameEnd } from "./planner.ts"

/** One enforcer with a target of its own, and what a test needs to look at the target from outside. */
export interface Subject {
  readonly enforcer: Enforcer
  /** A second one with the same target, as after a restart; undefined where the target does not outlive the process. */
  readonly again: (() => Enforcer) | undefined
  readonly directions: readonly Direction[]
  /** How many addresses, and a fifth of that prefixes, it has to hold at once; 10,000 unless each costs a call. */
  readonly many?: number
  readonly now: () => number
  /** Lets real or pretended time pass. */
  readonly pass: (ms: number) => Promise<void>
  /** What in the target is not ours, as text; it must never change. */
  readonly foreign: () => Promise<string>
  /** True when the target itself holds this address back. */
  readonly holds: (address: string, direction: Direction) => Promise<boolean>
  readonly close: () => Promise<void>
}

const signal = AbortSignal.timeout(600_000)
const hourMs = 3_600_000

/** What every enforcer that blocks addresses owes. Call it inside of a `describe`; `open` makes a subject with an empty target. */
export function itKeepsTheContract(open: () => Promise<Subject>): void {
  itKeepsItsEntries(async () => entriesOf(await open()))
  const run = (name: string, body: (subject: Subject, tools: ReturnType<typeof toolsFor>) => Promise<void>) =>
    it(name, async () => {
      const subject = await open()
      try {
        const before = await subject.foreign()
        await body(subject, toolsFor(subject))
        expect(await subject.foreign()).toBe(before)
      } finally {
        await subject.enforcer.teardown(signal)
        await subject.close()
      }
    })

  const targets = [
    "203.0.113.7",
    "198.51.100.0/24",
    "10.0.0.0/8",
    "2001:db8::7",
    "2001:db8:1::/48",
    "2001:db8:8000::/33",
  ]
  run(
    "blocks addresses and prefixes of both families, and tells of them as they stand in the target",
    async (subject, { add, block, observed }) => {
      const blocks = subject.directions.flatMap((direction) =>
        targets.map((target, index) => block(target, index % 2 === 0 ? hourMs : null, direction)),
      )
      expect(blocks).toHaveLength(targets.length * subject.directions.length)
      expect(await add(blocks)).toEqual(blocks.map(() => "applied"))
      expect(await observed()).toEqual(expectedOf(blocks))
      for (const direction of subject.directions) {
        for (const inside of [
          "203.0.113.7",
          "198.51.100.255",
          "10.9.8.7",
          "2001:db8::7",
          "2001:db8:1:ffff::1",
          "2001:db8:ffff::",
        ])
          expect([inside, direction, await subject.holds(inside, direction)]).toEqual([inside, direction, true])
        for (const outside of ["203.0.113.8", "198.51.101.0", "11.0.0.0", "2001:db8::8", "2001:db8:2::"])
          expect([outside, direction, await subject.holds(outside, direction)]).toEqual([outside, direction, false])
      }
    },
  )

  run("holds an address and a prefix around it at the same time", async ({ holds }, { add, block, apply }) => {
    expect(await add([block("198.51.100.7", hourMs), block("198.51.100.0/24", hourMs)])).toEqual(["applied", "applied"])
    expect(await apply([{ kind: "remove", block: block("198.51.100.0/24", null) }])).toEqual(["applied"])
    expect(await holds("198.51.100.7", "inbound")).toBe(true)
    expect(await holds("198.51.100.8", "inbound")).toBe(false)
  })

  run(
    "ends a block by itself at its time, and not before",
    async ({ enforcer, holds, pass }, { add, block, observed }) => {
      const blocks = [
        block("203.0.113.7", 2000),
        block("198.51.100.0/24", 2000),
        block("2001:db8::7", 2000),
        block("203.0.113.8", hourMs),
      ]
      await add(blocks)
      await pass(1000)
      for (const address of ["203.0.113.7", "198.51.100.9", "2001:db8::7"])
        expect(await holds(address, "inbound")).toBe(true)
      await pass(1000 + Math.max(1500, enforcer.toleranceMs))
      for (const address of ["203.0.113.7", "198.51.100.9", "2001:db8::7"])
        expect(await holds(address, "inbound")).toBe(false)
      expect(await observed()).toEqual(["inbound 203.0.113.8/32"])
      // What has ended leaves nothing behind that a narrower prefix would collide with.
      expect(await add([block("198.51.100.128/25", hourMs)])).toEqual(["applied"])
    },
  )

  run(
    "moves the end of a block, later and earlier, to never and back",
    async ({ enforcer, now }, { add, block, apply, endOf }) => {
      for (const target of ["203.0.113.7", "198.51.100.0/24", "2001:db8:1::/48"]) {
        await add([block(target, hourMs)])
        for (const end of [3 * hourMs, hourMs / 2, null, hourMs]) {
          const moved = block(target, end)
          expect(await apply([{ kind: "extend", block: moved }])).toEqual(["applied"])
          expect([target, end, sameEnd(await endOf(moved), moved.expiresAt, enforcer.toleranceMs)]).toEqual([
            target,
            end,
            true,
          ])
        }
        expect(now()).toBeGreaterThan(0)
      }
    },
  )

  run(
    "puts a narrower prefix in the place of a wider one, and back, in one go",
    async ({ holds }, { add, block, apply, observed }) => {
      const [wide, narrow] = [block("10.0.0.0/8", hourMs), block("10.1.0.0/16", hourMs)]
      await add([wide])
      expect(
        await apply([
          { kind: "remove", block: wide },
          { kind: "add", block: narrow },
        ]),
      ).toEqual(["applied", "applied"])
      expect(await observed()).toEqual(expectedOf([narrow]))
      expect(await holds("10.1.2.3", "inbound")).toBe(true)
      expect(
        await apply([
          { kind: "remove", block: narrow },
          { kind: "add", block: wide },
        ]),
      ).toEqual(["applied", "applied"])
      expect(await observed()).toEqual(expectedOf([wide]))
    },
  )

  run("lets one bad entry hold up no other", async (_, { add, block, observed }) => {
    const good = Array.from({ length: 300 }, (_unused, index) => block(`203.0.${index >> 8}.${index & 255}`, hourMs))
    // The cast is what a mistake elsewhere would look like.
    const bad: Block = { target: "203.0.113.999/32" as Cidr, direction: "inbound", expiresAt: null }
    const outcomes = await add([...good.slice(0, 150), bad, ...good.slice(150)])
    expect(outcomes).toHaveLength(301)
    expect(outcomes[150]).toBe("failed")
    expect(outcomes.filter((outcome) => outcome === "applied")).toHaveLength(300)
    expect(await observed()).toEqual(expectedOf(good))
  })

  run(
    "holds many addresses and prefixes, and takes them all away again",
    async ({ enforcer, holds, many = 10_000 }, { add, block, apply, observed }) => {
      const addresses = Array.from({ length: many }, (_unused, index) =>
        block(`10.77.${index >> 8}.${index & 255}`, hourMs),
      )
      const prefixes = Array.from({ length: many / 5 }, (_unused, index) =>
        block(`10.${100 + (index >> 8)}.${index & 255}.0/24`, hourMs),
      )
      const all = [...addresses, ...prefixes]
      expect((await add(all)).every((outcome) => outcome === "applied")).toBe(true)
      expect(await enforcer.observe(signal)).toHaveLength(1.2 * many)
      const [lastAddress, lastPrefix] = [addresses.at(-1), prefixes.at(-1)]
      expect(await holds(addressIn(lastAddress), "inbound")).toBe(true)
      expect(await holds(addressIn(lastPrefix).replace(/0$/, "255"), "inbound")).toBe(true)
      const gone = all.slice(0, -1)
      expect(
        (await apply(gone.map((one) => ({ kind: "remove", block: one })))).every((outcome) => outcome === "applied"),
      ).toBe(true)
      expect(await observed()).toEqual(expectedOf(all.slice(-1)))
    },
  )
}

function entriesOf({ enforcer, again, now, foreign, holds, close }: Subject): EntrySubject<Block> {
  const block = (target: string, expiresAt: Millis | null): Block => ({
    target: prefix(target),
    direction: "inbound",
    expiresAt,
  })
  return {
    ...{ enforcer, again, now, foreign, close, keyOf },
    samples: (expiresAt) =>
      ["203.0.113.7", "198.51.100.0/24", "2001:db8::7", "2001:db8:1::/48"].map((target) => block(target, expiresAt)),
    // The cast is what a mistake elsewhere would look like.
    bad: { ...block("203.0.113.99", null), target: "203.0.113.999/32" as Cidr },
    holds: ({ target, direction }) => holds(target.replace(/\/.*/, ""), direction),
  }
}

function toolsFor({ enforcer, now }: Subject) {
  const apply = async (operations: readonly Operation[]): Promise<readonly OperationResult["kind"][]> =>
    (await enforcer.apply(operations, signal)).map(({ kind }) => kind)
  return {
    apply,
    add: (blocks: readonly Block[]) => apply(blocks.map((block) => ({ kind: "add", block }))),
    block: (target: string, forMs: number | null, direction: Direction = "inbound"): Block => ({
      target: prefix(target),
      direction,
      expiresAt: forMs === null ? null : now() + forMs,
    }),
    observed: async () => (await enforcer.observe(signal)).map(keyOf).sort(),
    endOf: async (block: Block) =>
      (await enforcer.observe(signal)).find((one) => keyOf(one) === keyOf(block))?.expiresAt ?? null,
  }
}

const addressIn = (block: Block | undefined): string => block?.target.replace(/\/.*/, "") ?? ""

function expectedOf(blocks: readonly Block[]): readonly string[] {
  return blocks.map(keyOf).sort()
}
