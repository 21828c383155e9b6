import { afterEach, describe, expect, it } from "vitest"
import {
  type Countermeasure,
  type CountermeasureId,
  createIds,
  createManualClock,
  type EnforcementReport,
  nodeId,
  type QuarantineCountermeasure,
  quarantineActions,
  systemClock,
} from "../core/index.ts"
import { type Quarantine, type QuarantineEnforcer, quarantineKey } from "./enforcer.ts"
import { createQuarantineReconciler, type Reconciler } from "./reconciler.ts"

const ids = createIds(systemClock)
const open: Reconciler[] = []
afterEach(async () => {
  for (const reconciler of open.splice(0)) await reconciler.stop()
})

/** A target in memory that outlives each reconciler, as containers do. */
function createRig() {
  const clock = createManualClock(1_700_000_000_000)
  const stands = new Map<string, Quarantine>()
  const performed: string[] = []
  const faults = {
    add: undefined as string | undefined,
    remove: undefined as string | undefined,
    refusal: undefined as string | undefined,
    unreadable: undefined as string | undefined,
  }
  const wanted: Countermeasure[] = []
  const reports = new Map<CountermeasureId, EnforcementReport[]>()
  const enforcer: QuarantineEnforcer = {
    id: "engine",
    summary: "for tests",
    timeouts: "by-thwart",
    toleranceMs: 0,
    nodeKinds: ["container"],
    actions: quarantineActions,
    observe: async () => [...stands.values()],
    apply: async (operations) =>
      operations.map(({ kind, block }) => {
        performed.push(`${kind} ${quarantineKey(block)}`)
        const fault = kind === "remove" ? faults.remove : faults.add
        if (fault !== undefined) return { kind: "failed", reason: fault }
        if (kind === "remove") stands.delete(quarantineKey(block))
        else stands.set(quarantineKey(block), block)
        return { kind: "applied" }
      }),
    teardown: async () => stands.clear(),
    close: async () => undefined,
    evidenceOf: async () => undefined,
  }
  const start = () => {
    const reconciler = createQuarantineReconciler(
      {
        enforcer,
        clock,
        desired: () => wanted,
        refusalNow: async () => {
          if (faults.unreadable !== undefined) throw new Error(faults.unreadable)
          return faults.refusal
        },
        report: async (id, report) => {
          reports.set(id, [...(reports.get(id) ?? []), report])
        },
        onError: (error) => {
          throw error
        },
      },
      { driftCheckMs: 60_000 },
    )
    open.push(reconciler)
    return reconciler
  }
  const want = (more: Partial<QuarantineCountermeasure> = {}): CountermeasureId => {
    const id = ids.countermeasure()
    wanted.push({
      id,
      action: "pause",
      node: { id: nodeId.parse("web"), kind: "container", name: "web" },
      enforcers: ["engine"],
      severity: "high",
      reason: { by: "user:test", text: "", policy: null, incident: null, alerts: [] },
      createdAt: clock.now(),
      expiresAt: clock.now() + 60_000,
      endedAt: null,
      endReason: null,
      endedBy: null,
      reports: [],
      ...more,
    })
    return id
  }
  const round = async (reconciler: Reconciler) => {
    reconciler.kick()
    await reconciler.settled()
  }
  const said = (id: CountermeasureId) => (reports.get(id) ?? []).map(({ state, reason }) => [state, reason])
  return { clock, stands, performed, faults, wanted, start, want, round, said }
}

describe("the reconciler of quarantines", () => {
  it("brings them about, and lets go at their end", async () => {
    const { clock, performed, start, want, round, said, stands } = createRig()
    const reconciler = start()
    const id = want()
    await round(reconciler)
    await round(reconciler)
    expect([performed, said(id)]).toEqual([["add pause container web"], [["applied", null]]])
    clock.set(clock.now() + 60_001)
    await round(reconciler)
    expect([stands.size, said(id).at(-1)]).toEqual([0, ["expired", null]])
  })

  it("lets go after a restart what has ended meanwhile, and reports it", async () => {
    const { clock, start, want, round, said, stands } = createRig()
    const first = start()
    const id = want()
    await round(first)
    await first.stop()
    expect(stands.size).toBe(1)
    clock.set(clock.now() + 60_001)
    await round(start())
    expect([stands.size, said(id)]).toEqual([
      0,
      [
        ["applied", null],
        ["expired", null],
      ],
    ])
  })

  it("says so when it can't let go, also after a restart, and goes on trying", async () => {
    const { clock, faults, start, want, round, said } = createRig()
    const first = start()
    const id = want()
    await round(first)
    await first.stop()
    clock.set(clock.now() + 60_001)
    faults.remove = "the network is gone"
    const second = start()
    await round(second)
    expect(said(id).at(-1)).toEqual(["failed", "it has ended but could not be removed: the network is gone"])
    faults.remove = undefined
    await round(second)
    expect(said(id).at(-1)).toEqual(["expired", null])
  })

  it("says of what has no way back that it has none", async () => {
    const { start, want, round, said } = createRig()
    const reconciler = start()
    const [restart, remove] = [want({ action: "restart" }), want({ action: "remove" })]
    await round(reconciler)
    expect(said(restart)).toEqual([["applied", "done; restart has no way back"]])
    expect(said(remove)).toEqual([["applied", "done; remove has no way back"]])
  })

  it("asks the guardrails right before, and leaves alone what they protect", async () => {
    const { faults, performed, start, want, round, said } = createRig()
    faults.refusal = "web is protected"
    const id = want()
    await round(start())
    expect([performed, said(id)]).toEqual([[], [["not-enforced", "web is protected"]]])
  })

  it("lets go of a node that is protected by now, and of none while nobody can say", async () => {
    const { faults, performed, start, want, round, said, stands } = createRig()
    const id = want()
    await round(start())
    faults.unreadable = "the store is full"
    const [later, other] = [start(), want({ action: "stop" })]
    await round(later)
    expect([stands.size, said(id).at(-1)]).toEqual([1, ["applied", null]])
    expect(said(other)).toEqual([["not-enforced", "the guardrails can't be asked: the store is full"]])
    faults.unreadable = undefined
    faults.refusal = "web is protected"
    await round(later)
    expect([performed, stands.size]).toEqual([["add pause container web", "remove pause container web"], 0])
    expect(said(id).at(-1)).toEqual(["not-enforced", "web is protected"])
  })

  it("takes the later end of two that want the same", async () => {
    const { clock, performed, start, want, round, stands } = createRig()
    want({ expiresAt: clock.now() + 1000 })
    want({ expiresAt: clock.now() + 9000, severity: "low" })
    await round(start())
    expect(performed).toEqual(["add pause container web"])
    expect([...stands.values()]).toMatchObject([{ expiresAt: clock.now() + 9000 }])
  })

  it("reports a failure, and repairs it in a later round", async () => {
    const { faults, start, want, round, said } = createRig()
    faults.add = "the engine is down"
    const id = want()
    const reconciler = start()
    await round(reconciler)
    faults.add = undefined
    await round(reconciler)
    expect(said(id)).toEqual([
      ["failed", "the engine is down"],
      ["applied", null],
    ])
  })

  it("does not take blocks for its own", async () => {
    const { performed, wanted, start, round } = createRig()
    const block = { action: "block", direction: "inbound", target: "203.0.113.7/32" } as unknown as Countermeasure
    wanted.push({ ...block, id: ids.countermeasure(), enforcers: ["engine"], endedAt: null, expiresAt: null })
    await round(start())
    expect(performed).toEqual([])
  })
})
