import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, describe, expect, it } from "vitest"
import {
  address,
  type BlockCountermeasure,
  type Countermeasure,
  type CountermeasureId,
  createIds,
  createManualClock,
  type EnforcementReport,
  prefix,
  subjectOf,
  systemClock,
} from "../core/index.ts"
import { type Enforcer, keyOf, type Operation, type OperationResult } from "./enforcer.ts"
import { createHttpEnforcer } from "./http/index.ts"
import { createReconciler, type Reconciler, type ReconcilerOptions } from "./reconciler.ts"

const signal = new AbortController().signal
const ids = createIds(systemClock)
const open: Reconciler[] = []

afterEach(async () => {
  for (const reconciler of open.splice(0)) await reconciler.stop()
})

/** A real block list, whose failures the test decides. */
function createRig(options: ReconcilerOptions = {}, clock = createManualClock(1_700_000_000_000)) {
  const list = createHttpEnforcer({ clock })
  const wanted: Countermeasure[] = []
  const left: Countermeasure[] = []
  const reports = new Map<CountermeasureId, EnforcementReport[]>()
  const errors: unknown[] = []
  const applied: Operation[][] = []
  const faults = {
    observe: () => undefined as Error | undefined,
    apply: () => undefined as Error | undefined,
    result: (_: Operation) => undefined as OperationResult | undefined,
    refusal: async (_: Countermeasure) => undefined as string | undefined,
    report: async (): Promise<void> => undefined,
    size: 1000,
  }
  let observations = 0
  const enforcer: Enforcer = {
    ...list,
    poolOf: () => ({ name: "the list", size: faults.size }),
    observe: async (...args) => {
      observations++
      const fault = faults.observe()
      if (fault !== undefined) throw fault
      return list.observe(...args)
    },
    apply: async (operations, ...args) => {
      const fault = faults.apply()
      if (fault !== undefined) throw fault
      applied.push([...operations])
      return Promise.all(
        operations.map(async (operation) => {
          const result = faults.result(operation) ?? (await list.apply([operation], ...args))[0]
          return result ?? { kind: "failed", reason: "no result" }
        }),
      )
    },
  }
  const start = (): Reconciler => {
    const reconciler = createReconciler(
      {
        enforcer,
        clock,
        desired: () => wanted,
        leaving: () => left,
        refusalNow: (of) => faults.refusal(of),
        report: async (id, report) => {
          await faults.report()
          reports.set(id, [...(reports.get(id) ?? []), report])
        },
        onError: (error) => errors.push(error),
      },
      { driftCheckMs: 60_000, ...options },
    )
    open.push(reconciler)
    return reconciler
  }
  const want = (target: string, more: Partial<BlockCountermeasure> = {}): CountermeasureId => {
    const id = ids.countermeasure()
    wanted.push({
      id,
      action: "block",
      direction: "inbound",
      target: prefix(target),
      enforcers: ["http"],
      severity: "high",
      reason: { by: "user:test", text: "test", policy: null, incident: null, alerts: [] },
      createdAt: clock.now(),
      expiresAt: null,
      endedAt: null,
      endReason: null,
      endedBy: null,
      reports: [],
      ...more,
    })
    return id
  }
  const drop = (id: CountermeasureId) =>
    wanted.splice(
      wanted.findIndex((one) => one.id === id),
      1,
    )
  const reconciler = start()
  const round = async () => {
    reconciler.kick()
    await reconciler.settled()
  }
  const statesOf = (id: CountermeasureId) => (reports.get(id) ?? []).map(({ state }) => state)
  const lastOf = (id: CountermeasureId) => reports.get(id)?.at(-1)
  const holds = (text: string) => list.blockOf(address(text)) !== undefined
  return {
    applied,
    clock,
    drop,
    errors,
    faults,
    holds,
    lastOf,
    left,
    list,
    observations: () => observations,
    reconciler,
    reports,
    round,
    start,
    statesOf,
    want,
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 5) {
    if (waitedMs > 5000) throw new Error("it did not become true in 5 s")
    await sleep(5)
  }
}

describe("the reconciler", () => {
  it("goes on at once when the clock was set back, and looks at the target itself", async () => {
    const { clock, holds, list, round, want } = createRig()
    want("203.0.113.7")
    await round()
    clock.advance(-3_600_000)
    await list.teardown(signal)
    want("203.0.113.8")
    await round()
    expect([holds("203.0.113.7"), holds("203.0.113.8")]).toEqual([true, true])
  })

  it("says of what an earlier run ended, and could not tell of, that it is gone", async () => {
    const { drop, holds, lastOf, left, round, start, want } = createRig()
    const id = want("203.0.113.7")
    await round()
    left.push({ ...(drop(id)[0] ?? expect.unreachable()), endedAt: 1 })
    const next = start()
    next.kick()
    await next.settled()
    expect(holds("203.0.113.7")).toBe(false)
    expect(lastOf(id)?.state).toBe("expired")
  })

  it("puts in force what is wanted, and says since when", async () => {
    const { clock, holds, lastOf, reconciler, round, want } = createRig()
    const id = want("203.0.113.7")
    const other = want("203.0.113.8", { enforcers: ["nftables"] })
    await round()
    expect(holds("203.0.113.7")).toBe(true)
    expect(holds("203.0.113.8")).toBe(false)
    expect(lastOf(id)).toEqual({
      enforcer: "http",
      state: "applied",
      reason: null,
      since: clock.now(),
      checkedAt: clock.now(),
    })
    expect(lastOf(other)).toBeUndefined()
    expect(reconciler.status()).toEqual({ state: "ok", reason: null, entries: 1, failed: 0, notEnforced: 0 })
  })

  it("removes what nobody wants any more, and calls it expired then", async () => {
    const { drop, holds, round, statesOf, want } = createRig()
    const id = want("203.0.113.7")
    await round()
    drop(id)
    await round()
    expect(holds("203.0.113.7")).toBe(false)
    expect(statesOf(id)).toEqual(["applied", "expired"])
  })

  it("keeps an entry until the last of several countermeasures for it has ended", async () => {
    const { clock, drop, holds, lastOf, list, round, want } = createRig()
    const [brief, long] = [
      want("203.0.113.7", { expiresAt: clock.now() + 1000 }),
      want("203.0.113.7", { expiresAt: clock.now() + 9000 }),
    ]
    await round()
    expect((await list.observe(signal)).map(({ expiresAt }) => expiresAt)).toEqual([clock.now() + 9000])
    clock.advance(1500)
    await round()
    expect([lastOf(brief)?.state, lastOf(long)?.state, holds("203.0.113.7")]).toEqual(["expired", "applied", true])
    drop(long)
    await round()
    expect([lastOf(long)?.state, holds("203.0.113.7")]).toEqual(["expired", false])
  })

  it("ends a block at its time without being told", async () => {
    const { holds, statesOf, reconciler, want } = createRig({}, { ...createManualClock(0), now: () => Date.now() })
    const id = want("203.0.113.7", { expiresAt: Date.now() + 100 })
    reconciler.kick()
    await until(() => statesOf(id).at(-1) === "expired")
    expect(holds("203.0.113.7")).toBe(false)
    expect(statesOf(id)).toEqual(["applied", "expired"])
  })

  it("repairs what someone changed in the target by hand, within the time between two checks", async () => {
    const { holds, list, reconciler, want } = createRig(
      { driftCheckMs: 60 },
      { ...createManualClock(0), now: () => Date.now() },
    )
    want("203.0.113.7")
    reconciler.kick()
    await until(() => holds("203.0.113.7"))
    await list.teardown(signal)
    await list.apply(
      [{ kind: "add", block: { target: prefix("192.0.2.1"), direction: "inbound", expiresAt: null } }],
      signal,
    )
    await until(() => holds("203.0.113.7") && !holds("192.0.2.1"))
  })

  it("adopts after a restart what stands in the target, and changes nothing", async () => {
    const { applied, lastOf, reconciler, round, start, want, faults } = createRig()
    const id = want("203.0.113.7")
    want("198.51.100.0/24")
    await round()
    await reconciler.stop()
    const asked: string[] = []
    faults.refusal = async (of) => {
      asked.push(subjectOf(of))
      return "the allowlist says no"
    }
    const next = start()
    next.kick()
    await next.settled()
    expect(applied).toHaveLength(1)
    expect(asked).toEqual([])
    expect(lastOf(id)?.state).toBe("applied")
  })

  it("leaves everything in force when it stops, and does nothing more", async () => {
    const { applied, holds, reconciler, round, want } = createRig()
    want("203.0.113.7")
    await round()
    await reconciler.stop()
    await reconciler.stop()
    want("203.0.113.8")
    reconciler.kick()
    await reconciler.settled()
    expect([holds("203.0.113.7"), holds("203.0.113.8"), applied.length]).toEqual([true, false, 1])
  })

  it("makes one round of many changes at once", async () => {
    const { applied, reconciler, want } = createRig()
    for (let index = 0; index < 200; index++) {
      want(`203.0.113.${index}`)
      reconciler.kick()
    }
    await reconciler.settled()
    expect(applied.flat()).toHaveLength(200)
    expect(applied.length).toBeLessThanOrEqual(2)
  })

  it("keeps the least time between two rounds where a target asks for it, but waits not with the first", async () => {
    const { applied, observations, reconciler, want } = createRig(
      { minIntervalMs: 150 },
      { ...createManualClock(0), now: () => Date.now() },
    )
    want("203.0.113.1")
    const startedAt = Date.now()
    reconciler.kick()
    await until(() => applied.length === 1)
    const first = Date.now() - startedAt
    for (let index = 2; index < 50; index++) {
      want(`203.0.113.${index}`)
      reconciler.kick()
    }
    await reconciler.settled()
    expect(first).toBeLessThan(150)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(145)
    expect([applied.length, observations()]).toEqual([2, 1])
  })

  it("does not read the target again for every change, only when the last look is old", async () => {
    const { clock, observations, round, want } = createRig({ driftCheckMs: 10_000 })
    for (const last of [1, 2, 3]) {
      want(`203.0.113.${last}`)
      await round()
    }
    expect(observations()).toBe(1)
    clock.advance(10_000)
    await round()
    expect(observations()).toBe(2)
  })
})

describe("the reconciler in trouble", () => {
  it("tries again, ever later, until the target can be written", async () => {
    const { errors, faults, lastOf, reconciler, statesOf, want } = createRig()
    const id = want("203.0.113.7")
    let failures = 2
    faults.apply = () => (failures-- > 0 ? new Error("the target is away") : undefined)
    reconciler.kick()
    await until(() => lastOf(id)?.state === "failed")
    expect(lastOf(id)?.reason).toBe("the target is away")
    expect(reconciler.status()).toMatchObject({ state: "failing", reason: "the target is away", failed: 1 })
    await until(() => lastOf(id)?.state === "applied")
    expect(statesOf(id)).toEqual(["failed", "applied"])
    expect(errors).toHaveLength(2)
    expect(reconciler.status()).toMatchObject({ state: "ok", reason: null, failed: 0 })
  })

  it("still calls in force what it saw a moment ago when the target can't be read, but not for long", async () => {
    const { clock, faults, lastOf, reconciler, round, want } = createRig({ driftCheckMs: 1000 })
    const id = want("203.0.113.7")
    await round()
    faults.observe = () => new Error("no answer")
    clock.advance(1000)
    await round()
    expect([reconciler.status().state, lastOf(id)?.state]).toEqual(["failing", "applied"])
    clock.advance(2500)
    await round()
    expect(lastOf(id)).toMatchObject({ state: "failed", reason: "no answer" })
  })

  it("lets one entry that fails hold up no other, and says why", async () => {
    const { faults, holds, lastOf, reconciler, round, want } = createRig()
    const [bad, good] = [want("203.0.113.7"), want("203.0.113.8")]
    faults.result = ({ block }) =>
      block.target === "203.0.113.7/32" ? { kind: "failed", reason: "the target says no" } : undefined
    await round()
    expect(lastOf(bad)).toMatchObject({ state: "failed", reason: "the target says no" })
    expect(lastOf(good)).toMatchObject({ state: "applied", reason: null })
    expect(holds("203.0.113.8")).toBe(true)
    expect(reconciler.status()).toMatchObject({ state: "ok", reason: "the target says no", failed: 1, entries: 1 })
    faults.result = () => undefined
    await until(() => lastOf(bad)?.state === "applied")
  })

  it("does not put in force what the guardrails refuse at the last moment", async () => {
    const { faults, holds, lastOf, round, want } = createRig()
    const [friend, foe] = [want("203.0.113.7"), want("203.0.113.8")]
    faults.refusal = async (of) =>
      subjectOf(of) === "203.0.113.7/32" ? "203.0.113.7/32 is on the allowlist" : undefined
    await round()
    expect([holds("203.0.113.7"), holds("203.0.113.8")]).toEqual([false, true])
    expect(lastOf(friend)).toMatchObject({ state: "not-enforced", reason: "203.0.113.7/32 is on the allowlist" })
    expect(lastOf(foe)?.state).toBe("applied")
  })

  it("does not lengthen what the guardrails refuse by now, and does not cut it short either", async () => {
    const { clock, drop, faults, list, round, want } = createRig()
    const until_ = clock.now() + 10_000
    const brief = want("203.0.113.7", { expiresAt: until_ })
    await round()
    drop(brief)
    want("203.0.113.7", { expiresAt: until_ + 90_000 })
    faults.refusal = async () => "it is a friend now"
    await round()
    expect((await list.observe(signal)).map(({ expiresAt }) => expiresAt)).toEqual([until_])
  })

  it("puts nothing new in force while the guardrails can't be asked, and asks again", async () => {
    const { faults, holds, lastOf, round, want } = createRig()
    const old = want("203.0.113.7")
    await round()
    const fresh = want("203.0.113.8")
    faults.refusal = async () => {
      throw new Error("the store is away")
    }
    await round()
    expect([holds("203.0.113.7"), holds("203.0.113.8")]).toEqual([true, false])
    expect(lastOf(old)?.state).toBe("applied")
    expect(lastOf(fresh)).toMatchObject({
      state: "not-enforced",
      reason: "the guardrails can't be asked: the store is away",
    })
    faults.refusal = async () => undefined
    await until(() => lastOf(fresh)?.state === "applied")
  })

  it("does not call expired what could not be removed", async () => {
    const { drop, faults, lastOf, round, want } = createRig()
    const id = want("203.0.113.7")
    await round()
    drop(id)
    faults.result = () => ({ kind: "failed", reason: "it is held" })
    await round()
    expect(lastOf(id)).toMatchObject({ state: "failed", reason: "it has ended but could not be removed: it is held" })
    faults.result = () => undefined
    await until(() => lastOf(id)?.state === "expired")
  })

  it("enforces at once though reports are slow, and says again what was not passed on", async () => {
    const { errors, faults, holds, reconciler, lastOf, round, want } = createRig()
    let release = () => {}
    faults.report = () =>
      new Promise((_, reject) => {
        release = () => reject(new Error("the store is away"))
      })
    const id = want("203.0.113.7")
    reconciler.kick()
    await until(() => holds("203.0.113.7"))
    want("203.0.113.8")
    reconciler.kick()
    await until(() => holds("203.0.113.8"))
    faults.report = async () => undefined
    release()
    await reconciler.settled()
    expect([errors.length, lastOf(id)]).toEqual([1, undefined])
    await round()
    expect(lastOf(id)?.state).toBe("applied")
  })

  it("says what stays the same once a minute, and keeps the time since when", async () => {
    const { clock, reports, round, want } = createRig()
    const id = want("203.0.113.7")
    const since = clock.now()
    for (let seconds = 0; seconds < 150; seconds += 10) {
      await round()
      clock.advance(10_000)
    }
    expect(reports.get(id)?.map((report) => [report.since - since, report.checkedAt - since])).toEqual([
      [0, 0],
      [0, 60_000],
      [0, 120_000],
    ])
  })
})

describe("prefixes inside of prefixes", () => {
  it("are in force by the wider one, and by themselves when it ends", async () => {
    const { clock, holds, lastOf, list, round, want } = createRig()
    const wide = want("10.0.0.0/8", { expiresAt: clock.now() + 1000 })
    const narrow = want("10.1.0.0/16")
    await round()
    expect((await list.observe(signal)).map(keyOf)).toEqual(["inbound 10.0.0.0/8"])
    expect([lastOf(wide)?.state, lastOf(narrow)?.state]).toEqual(["applied", "applied"])
    clock.advance(1000)
    await round()
    expect((await list.observe(signal)).map(keyOf)).toEqual(["inbound 10.1.0.0/16"])
    expect([lastOf(wide)?.state, lastOf(narrow)?.state, holds("10.1.2.3"), holds("10.2.0.0")]).toEqual([
      "expired",
      "applied",
      true,
      false,
    ])
  })

  it("are put in force by themselves in the same round when the wider one fails or finds no room", async () => {
    for (const result of [
      { kind: "failed", reason: "too wide" },
      { kind: "not-enforced", reason: "too wide" },
    ] as const) {
      const { faults, holds, lastOf, reconciler, want } = createRig()
      faults.result = ({ block }) => (block.target === "10.0.0.0/8" ? result : undefined)
      const [wide, middle, narrow] = [want("10.0.0.0/8"), want("10.1.0.0/16"), want("10.1.2.0/24")]
      reconciler.kick()
      await until(() => lastOf(narrow) !== undefined)
      expect([lastOf(wide)?.state, lastOf(middle)?.state, lastOf(narrow)?.state]).toEqual([
        result.kind,
        "applied",
        "applied",
      ])
      expect([holds("10.1.9.9"), holds("10.2.0.1")]).toEqual([true, false])
    }
  })
})

describe("a target that is full", () => {
  it("holds what ranks highest: by severity, then the newest", async () => {
    const { clock, faults, holds, lastOf, round, reconciler, want } = createRig()
    faults.size = 2
    const low = want("203.0.113.1", { severity: "low" })
    const oldHigh = want("203.0.113.20", { createdAt: clock.now() - 1000 })
    await round()
    expect([lastOf(low)?.state, lastOf(oldHigh)?.state]).toEqual(["applied", "applied"])
    const newHigh = want("203.0.113.30")
    await round()
    expect(["203.0.113.1", "203.0.113.20", "203.0.113.30"].map(holds)).toEqual([false, true, true])
    expect(lastOf(low)).toMatchObject({
      state: "not-enforced",
      reason: expect.stringContaining("capacity: the list is full (2 entries)"),
    })
    const critical = want("203.0.113.40", { severity: "critical", createdAt: 0 })
    await round()
    expect([lastOf(oldHigh)?.state, lastOf(newHigh)?.state, lastOf(critical)?.state]).toEqual([
      "not-enforced",
      "applied",
      "applied",
    ])
    expect(reconciler.status()).toMatchObject({ state: "ok", entries: 2, notEnforced: 2, failed: 0 })
  })

  it("takes in again what it had no room for, as soon as there is some", async () => {
    const { drop, faults, lastOf, round, want } = createRig()
    faults.size = 1
    const [first, second] = [want("203.0.113.1", { severity: "critical" }), want("10.0.0.0/8")]
    const narrow = want("10.1.0.0/16", { severity: "low" })
    await round()
    expect([first, second, narrow].map((id) => lastOf(id)?.state)).toEqual(["applied", "not-enforced", "not-enforced"])
    drop(first)
    await round()
    expect([second, narrow].map((id) => lastOf(id)?.state)).toEqual(["applied", "applied"])
  })
})
