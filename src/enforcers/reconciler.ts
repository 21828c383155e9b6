import {
  type Clock,
  type Countermeasure,
  type CountermeasureId,
  covers,
  type EnforcementReport,
  messageOf,
} from "../core/index.ts"
import type { Enforcer, Observed, Operation, OperationResult } from "./enforcer.ts"
import { keyOf, plan } from "./planner.ts"

export interface ReconcilerDeps {
  readonly enforcer: Enforcer
  readonly clock: Clock
  /** Every countermeasure that is wanted now; the reconciler takes those that name its enforcer. */
  readonly desired: () => readonly Countermeasure[]
  /** Asked right before something new is put in force: why it must not be, or undefined. */
  readonly refusalNow: (of: Countermeasure) => Promise<string | undefined>
  readonly report: (id: CountermeasureId, report: EnforcementReport) => Promise<void>
  readonly onError: (error: unknown) => void
}

export interface ReconcilerOptions {
  /** How often the target itself is read again. */
  readonly driftCheckMs: number
}

export interface ReconcilerStatus {
  readonly state: "ok" | "failing"
  readonly reason: string | null
  readonly entries: number
}

export interface Reconciler {
  /** Something changed: brings the target up to date at once. Calls while it is at work are one more round. */
  kick(): void
  /** Resolves when no round is under way or asked for. */
  settled(): Promise<void>
  status(): ReconcilerStatus
  /** Leaves everything in force. */
  stop(): Promise<void>
}

const firstRetryMs = 250
const lastRetryMs = 30_000

/** The one writer of one target: compares what is desired with what is there, applies the difference, and reports what is true. */
export function createReconciler(deps: ReconcilerDeps, { driftCheckMs }: ReconcilerOptions): Reconciler {
  const { enforcer, clock, onError } = deps
  const stopping = new AbortController()
  // Countermeasures that this target was told of, so that their end can be reported.
  let served = new Map<CountermeasureId, Countermeasure>()
  let state: ReconcilerStatus = { state: "ok", reason: null, entries: 0 }
  let running: Promise<void> | undefined
  let again = false
  let retryMs = firstRetryMs
  let timer: NodeJS.Timeout | undefined

  const reportOf = (current: Pick<EnforcementReport, "state" | "reason">): EnforcementReport => ({
    enforcer: enforcer.id,
    ...current,
    since: clock.now(),
    checkedAt: clock.now(),
  })

  const admit = async (wanted: readonly Countermeasure[], observed: readonly Observed[]) => {
    const there = new Set(observed.map(keyOf))
    const admitted: Countermeasure[] = []
    const refused: (readonly [Countermeasure, string])[] = []
    for (const countermeasure of wanted) {
      const refusal = there.has(keyOf(countermeasure)) ? undefined : await deps.refusalNow(countermeasure)
      if (refusal === undefined) admitted.push(countermeasure)
      else refused.push([countermeasure, refusal])
    }
    return { admitted, refused }
  }

  const round = async () => {
    const wanted = deps.desired().filter(({ enforcers }) => enforcers.includes(enforcer.id))
    const observed = await enforcer.observe(stopping.signal)
    const { admitted, refused } = await admit(wanted, observed)
    const operations = plan({ desired: admitted, observed, now: clock.now(), toleranceMs: enforcer.toleranceMs })
    const results = operations.length === 0 ? [] : await enforcer.apply(operations, stopping.signal)
    await tell(admitted, observed, operations, results)
    for (const [{ id }, refusal] of refused) await deps.report(id, reportOf({ state: "not-enforced", reason: refusal }))
    const failures = results.filter((result) => result.kind === "failed")
    state = {
      state: failures.length > 0 ? "failing" : "ok",
      reason: failures[0]?.reason ?? null,
      entries: admitted.length,
    }
    const wantedIds = new Set(wanted.map(({ id }) => id))
    for (const id of served.keys())
      if (!wantedIds.has(id)) await deps.report(id, reportOf({ state: "expired", reason: null }))
    served = new Map(wanted.map((countermeasure) => [countermeasure.id, countermeasure]))
    return failures.length === 0
  }

  const tell = async (
    admitted: readonly Countermeasure[],
    observed: readonly Observed[],
    operations: readonly Operation[],
    results: readonly OperationResult[],
  ) => {
    const byKey = new Map(operations.map(({ block }, index) => [keyOf(block), results[index]]))
    const inForce = [
      ...observed,
      ...operations.flatMap((operation, index) =>
        operation.kind !== "remove" && isDone(results[index]) ? [operation.block] : [],
      ),
    ]
    const keys = new Set(inForce.map(keyOf))
    for (const countermeasure of admitted) {
      const result = byKey.get(keyOf(countermeasure))
      if (result?.kind === "failed" || result?.kind === "not-enforced")
        await deps.report(countermeasure.id, reportOf({ state: result.kind, reason: result.reason }))
      else if (keys.has(keyOf(countermeasure)))
        await deps.report(countermeasure.id, reportOf({ state: "applied", reason: null }))
      else if (
        inForce.some(
          ({ target, direction }) => direction === countermeasure.direction && covers(target, countermeasure.target),
        )
      )
        await deps.report(countermeasure.id, reportOf({ state: "applied", reason: null }))
    }
  }

  const run = async () => {
    do {
      again = false
      try {
        retryMs = (await round()) ? firstRetryMs : Math.min(lastRetryMs, retryMs * 2)
      } catch (error) {
        if (stopping.signal.aborted) break
        state = { ...state, state: "failing", reason: messageOf(error) }
        retryMs = Math.min(lastRetryMs, retryMs * 2)
        onError(error)
        await reportFailure(messageOf(error))
      }
    } while (again && !stopping.signal.aborted)
    running = undefined
    if (!stopping.signal.aborted) schedule()
  }

  const reportFailure = async (reason: string) => {
    for (const { id, enforcers } of deps.desired()) {
      if (enforcers.includes(enforcer.id)) await deps.report(id, reportOf({ state: "failed", reason })).catch(onError)
    }
  }

  /** At the next drift check, the next end of a block, or the next retry: whatever comes first. */
  const schedule = () => {
    const ends = deps
      .desired()
      .flatMap(({ expiresAt }) => (expiresAt === null ? [] : [Math.max(50, expiresAt - clock.now() + 50)]))
    const waitMs = ends.reduce(
      (least, end) => Math.min(least, end),
      state.state === "failing" ? Math.min(retryMs, driftCheckMs) : driftCheckMs,
    )
    clearTimeout(timer)
    timer = setTimeout(kick, waitMs)
    timer.unref()
  }

  const kick = () => {
    if (stopping.signal.aborted) return
    again = true
    clearTimeout(timer)
    running ??= run()
  }

  const settled = async () => {
    while (running !== undefined) await running
  }

  return {
    kick,
    settled,
    status: () => state,
    stop: async () => {
      stopping.abort()
      clearTimeout(timer)
      await settled()
      await enforcer.close()
    },
  }
}

function isDone(result: OperationResult | undefined): boolean {
  return result?.kind === "applied" || result?.kind === "already"
}
