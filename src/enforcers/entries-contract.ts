import { expect, it } from "vitest"
import type { Millis } from "../core/index.ts"
import type { Enforcer, Entry, Operation, OperationResult } from "./enforcer.ts"
import { sameEnd } from "./planner.ts"

/** One enforcer of whatever kind, with a target of its own, and what a test needs to look at the target from outside. */
export interface EntrySubject<E extends Entry> {
  readonly enforcer: Enforcer<E>
  /** A second one with the same target, as after a restart; undefined where the target does not outlive the process. */
  readonly again: (() => Enforcer<E>) | undefined
  readonly keyOf: (entry: Omit<E, "expiresAt">) => string
  /** At least three entries that can stand side by side, each with this end. */
  readonly samples: (expiresAt: Millis | null) => readonly E[]
  /** What no target can do. */
  readonly bad: E
  readonly now: () => Millis
  /** True when the target itself is as the entry wants it. */
  readonly holds: (entry: E) => Promise<boolean>
  /** What in the target is not ours, as text; it must never change. */
  readonly foreign: () => Promise<string>
  readonly close: () => Promise<void>
}

const signal = AbortSignal.timeout(600_000)
const hourMs = 3_600_000

/** What enforcers of every kind owe. Call it inside of a `describe`; `open` makes a subject with an empty target. */
export function itKeepsItsEntries<E extends Entry>(open: () => Promise<EntrySubject<E>>): void {
  const run = (name: string, body: (subject: EntrySubject<E>, tools: Tools<E>) => Promise<void>) =>
    it(name, async () => {
      const subject = await open()
      try {
        expect(subject.samples(null).length).toBeGreaterThanOrEqual(3)
        const before = await subject.foreign()
        await body(subject, toolsFor(subject))
        expect(await subject.foreign()).toBe(before)
      } finally {
        await subject.enforcer.teardown(signal)
        await subject.close()
      }
    })

  run("holds nothing at first", async ({ enforcer, samples, holds }) => {
    expect(await enforcer.observe(signal)).toEqual([])
    for (const entry of samples(null)) expect(await holds(entry)).toBe(false)
  })

  run(
    "brings about what it is told, and tells of it as it stands",
    async ({ holds }, { add, entries, observed, keysOf }) => {
      const [first, ...rest] = entries(hourMs)
      expect(await add(rest)).toEqual(rest.map(() => "applied"))
      for (const entry of rest) expect(await holds(entry)).toBe(true)
      expect(first !== undefined && (await holds(first))).toBe(false)
      expect(await observed()).toEqual(keysOf(rest))
    },
  )

  run(
    "keeps the end that it is told, later, earlier, never and back",
    async ({ enforcer }, { add, apply, entries, endOf }) => {
      const [entry] = entries(hourMs)
      if (entry === undefined) throw new Error("no sample")
      await add([entry])
      for (const forMs of [3 * hourMs, hourMs / 2, null, hourMs]) {
        const [moved] = entries(forMs)
        if (moved === undefined) throw new Error("no sample")
        expect(await apply([{ kind: "extend", block: moved }])).toEqual(["applied"])
        expect([forMs, sameEnd(await endOf(moved), moved.expiresAt, enforcer.toleranceMs)]).toEqual([forMs, true])
      }
    },
  )

  run("removes what it is told to, and nothing else", async ({ holds }, { add, apply, entries, observed, keysOf }) => {
    const all = entries(hourMs)
    await add(all)
    const [first, ...rest] = all
    if (first === undefined) throw new Error("no sample")
    expect(await apply([{ kind: "remove", block: first }])).toEqual(["applied"])
    expect(await holds(first)).toBe(false)
    expect(await observed()).toEqual(keysOf(rest))
  })

  run("does the same twice without harm", async (_, { add, apply, entries, observed, keysOf }) => {
    const all = entries(hourMs)
    await add(all)
    for (const kind of ["add", "extend"] as const)
      for (const outcome of await apply(all.map((block) => ({ kind, block }))))
        expect(outcome).toMatch(/^(applied|already)$/)
    expect(await observed()).toEqual(keysOf(all))
    for (const round of [1, 2])
      for (const outcome of await apply(all.map((block) => ({ kind: "remove", block }))))
        expect([round, outcome]).toEqual([round, expect.stringMatching(/^(applied|already)$/)])
    expect(await observed()).toEqual([])
  })

  run("lets one bad entry hold up no other", async ({ bad, holds }, { add, entries }) => {
    const [first, ...rest] = entries(hourMs)
    if (first === undefined) throw new Error("no sample")
    const outcomes = await add([first, bad, ...rest])
    expect(outcomes[1]).toMatch(/^(failed|not-enforced)$/)
    expect(outcomes.filter((outcome) => outcome === "applied")).toHaveLength(rest.length + 1)
    for (const entry of [first, ...rest]) expect(await holds(entry)).toBe(true)
  })

  run(
    "leaves everything in force when it is closed, twice",
    async ({ enforcer, holds, again }, { add, entries, keysOf }) => {
      const all = entries(hourMs)
      await add(all)
      await enforcer.close()
      await enforcer.close()
      for (const entry of all) expect(await holds(entry)).toBe(true)
      if (again !== undefined) expect(keysOf(await again().observe(signal))).toEqual(keysOf(all))
    },
  )

  run("takes away what is its own at teardown, and nothing else", async ({ enforcer, holds }, { add, entries }) => {
    const all = [...entries(hourMs).slice(1), ...entries(null).slice(0, 1)]
    await add(all)
    await enforcer.teardown(signal)
    for (const entry of all) expect(await holds(entry)).toBe(false)
    expect(await enforcer.observe(signal)).toEqual([])
    await enforcer.teardown(signal)
  })
}

type Tools<E extends Entry> = ReturnType<typeof toolsFor<E>>

function toolsFor<E extends Entry>({ enforcer, samples, now, keyOf }: EntrySubject<E>) {
  const apply = async (operations: readonly Operation<E>[]): Promise<readonly OperationResult["kind"][]> =>
    (await enforcer.apply(operations, signal)).map(({ kind }) => kind)
  const keysOf = (entries: readonly E[]) => entries.map(keyOf).sort()
  return {
    apply,
    keysOf,
    add: (entries: readonly E[]) => apply(entries.map((block) => ({ kind: "add", block }))),
    entries: (forMs: number | null) => samples(forMs === null ? null : now() + forMs),
    observed: async () => keysOf(await enforcer.observe(signal)),
    endOf: async (entry: E) =>
      (await enforcer.observe(signal)).find((one) => keyOf(one) === keyOf(entry))?.expiresAt ?? null,
  }
}
