import {
  type BlockCountermeasure,
  type Clock,
  type Countermeasure,
  type CountermeasureId,
  type EnforcementReport,
  holdsBack,
  isActive,
  type Millis,
  messageOf,
  type QuarantineCountermeasure,
} from "../core/index.ts"
import {
  type Block,
  type Enforcer,
  type Entry,
  keyOf,
  type Observed,
  type Place,
  type Quarantine,
  type QuarantineEnforcer,
  quarantineKey,
} from "./enforcer.ts"
import { performQuarantines } from "./quarantine-round.ts"
import { createRefusals } from "./refusals.ts"
import { createReportBook } from "./report-book.ts"
import { performRound, type RoundDeps, type RoundOutcome } from "./round.ts"

export interface ReconcilerDeps<E extends Entry = Block> {
  readonly enforcer: Enforcer<E>
  readonly clock: Clock
  /** Every countermeasure that is wanted now; the reconciler takes those that name its enforcer. */
  readonly desired: () => readonly Countermeasure[]
  /** What has ended, and was not reported as gone: an earlier run may have been ended before it could, or the store was away. */
  readonly leaving?: () => readonly Countermeasure[]
  /** Asked right before something new is put in force: why it must not be, or undefined. */
  readonly refusalNow: (of: Countermeasure) => Promise<string | undefined>
  readonly report: (id: CountermeasureId, report: EnforcementReport) => Promise<void>
  readonly onError: (error: unknown) => void
}

export interface ReconcilerOptions {
  /** How often the target itself is read again; what someone changed by hand is repaired within this time. */
  readonly driftCheckMs?: Millis
  /** The least time between two rounds, for targets that limit the rate of changes; kicks in between are one round. */
  readonly minIntervalMs?: Millis
}

export interface ReconcilerStatus {
  /** `failing` when the target can't be read or written at all. */
  readonly state: "ok" | "failing"
  readonly reason: string | null
  /** Entries in the target, as it said itself. */
  readonly entries: number
  /** Countermeasures that are wanted and not in force. */
  readonly failed: number
  readonly notEnforced: number
}

/** The first `kick` starts it: everything wanted must be known by then, since what nobody wants is removed from the target. */
export interface Reconciler {
  /** Something changed: brings the target up to date at once. Calls while it is at work are one more round. */
  kick(): void
  /** Resolves when no round is under way or asked for, and everything is reported. */
  settled(): Promise<void>
  status(): ReconcilerStatus
  /** Leaves everything in force. */
  stop(): Promise<void>
}

const firstRetryMs: Millis = 250
const lastRetryMs: Millis = 30_000
const lastWordsMs: Millis = 2000
// Behind the end of a block, so that the clock has certainly passed it.
const afterEndMs: Millis = 50

/** The one writer of one target: compares what is desired with what is there, applies the difference, and reports what is true. */
export function createReconciler(deps: ReconcilerDeps, options: ReconcilerOptions = {}): Reconciler {
  const wants = (of: Countermeasure): of is BlockCountermeasure => holdsBack(of)
  return reconcile(deps, { wants, keyOf, placesOf: (wanted) => wanted, perform: performRound }, options)
}

/** As `createReconciler`, for an enforcer that quarantines nodes. */
export function createQuarantineReconciler(
  deps: ReconcilerDeps<Quarantine> & { readonly enforcer: QuarantineEnforcer },
  options: ReconcilerOptions = {},
): Reconciler {
  const wants = (of: Countermeasure): of is QuarantineCountermeasure => !holdsBack(of)
  return reconcile(deps, { wants, keyOf: quarantineKey, placesOf: () => [], perform: performQuarantines }, options)
}

/** What tells entries of one kind apart, and how they are brought about. */
interface EntryKind<E extends Entry, C extends Countermeasure> {
  readonly wants: (of: Countermeasure) => of is C
  /** The same for a countermeasure and the entry that it wants. */
  readonly keyOf: (of: E | C) => string
  /** What the enforcer is told when it looks. */
  readonly placesOf: (wanted: readonly C[]) => readonly Place[]
  readonly perform: (
    wanted: readonly C[],
    observed: ReadonlyMap<string, Observed<E>>,
    deps: RoundDeps<E>,
  ) => Promise<RoundOutcome<E, C>>
}

function reconcile<E extends Entry, C extends Countermeasure>(
  deps: ReconcilerDeps<E>,
  { wants, keyOf, placesOf, perform }: EntryKind<E, C>,
  options: ReconcilerOptions,
): Reconciler {
  const { driftCheckMs = 10_000, minIntervalMs = 0 } = options
  const { enforcer, clock, onError } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  const book = createReportBook({ ...deps, enforcer: enforcer.id })
  const refusals = createRefusals()
  const places = new Map<CountermeasureId, string>()
  let known: { readonly inForce: ReadonlyMap<string, Observed<E>>; readonly readAt: Millis } | undefined
  let state: ReconcilerStatus = { state: "ok", reason: null, entries: 0, failed: 0, notEnforced: 0 }
  let running: Promise<void> | undefined
  let again = false
  let retryMs: Millis | undefined
  let startedAt: Millis | undefined
  let timer: NodeJS.Timeout | undefined

  /** For ever, when the clock was set back since: then nobody knows how long it was. */
  const since = (at: Millis): Millis => (clock.now() < at ? Number.POSITIVE_INFINITY : clock.now() - at)

  const wantedNow = () =>
    deps.desired().filter((one): one is C => {
      return wants(one) && one.enforcers.includes(enforcer.id) && isActive(one, clock.now())
    })

  const leavingNow = () =>
    (deps.leaving?.() ?? []).filter((one): one is C => wants(one) && one.enforcers.includes(enforcer.id))

  /** What the target holds: as it was left, or read again when that is long ago or in doubt. */
  const look = async () => {
    if (known === undefined || retryMs !== undefined || since(known.readAt) >= driftCheckMs) {
      const observed = await enforcer.observe(signal, placesOf(wantedNow()))
      known = { inForce: new Map(observed.map((block) => [keyOf(block), block])), readAt: clock.now() }
      refusals.saw(known.inForce)
    }
    const observed = new Map(known.inForce)
    for (const [key, block] of known.inForce) if (hasEndedByItself(block)) observed.delete(key)
    return { readAt: known.readAt, observed }
  }
  const hasEndedByItself = ({ expiresAt }: Observed<E>) =>
    enforcer.timeouts === "in-target" && expiresAt !== null && expiresAt + enforcer.toleranceMs <= clock.now()

  const round = async () => {
    startedAt = clock.now()
    const { observed, readAt } = await look()
    const wanted = wantedNow()
    const outcome = await perform(wanted, observed, { ...deps, signal })
    known = { inForce: outcome.inForce, readAt }
    retryMs = outcome.retry ? nextRetry(retryMs) : undefined
    const verdicts = [...outcome.verdicts.values()]
    const failed = verdicts.filter((verdict) => verdict.state === "failed")
    state = {
      state: "ok",
      reason: failed[0]?.reason ?? null,
      entries: outcome.inForce.size,
      failed: failed.length,
      notEnforced: verdicts.filter((verdict) => verdict.state === "not-enforced").length,
    }
    tell(outcome)
  }

  const tell = ({ verdicts, stuck, owners = new Map() }: RoundOutcome<E, C>) => {
    const checkedAt = clock.now()
    const wantedIds = new Set<CountermeasureId>()
    for (const [countermeasure, verdict] of verdicts) {
      wantedIds.add(countermeasure.id)
      const key = keyOf(countermeasure)
      places.set(countermeasure.id, key)
      book.say(countermeasure.id, { ...verdict, checkedAt, ...refusedBy(key) })
    }
    // What an earlier run left in force, and nobody wants by now.
    for (const [id, key] of owners) places.set(id, key)
    const left = leavingNow()
    for (const one of left) places.set(one.id, keyOf(one))
    for (const id of new Set([...book.followed(), ...owners.keys(), ...left.map((one) => one.id)])) {
      if (wantedIds.has(id)) continue
      const why = stuck.get(places.get(id) ?? "")
      if (why !== undefined) {
        book.say(id, { state: "failed", reason: `it has ended but could not be removed: ${why}`, checkedAt })
        continue
      }
      book.close(id, { state: "expired", reason: null, checkedAt, ...refusedBy(places.get(id) ?? "") })
      places.delete(id)
    }
  }

  const refusedBy = (key: string) => {
    const refused = refusals.of(key)
    return refused === undefined ? {} : { refused }
  }

  /** The target can't be read or written. What was seen in force a moment ago is not called failed for that. */
  const tellFailure = (reason: string) => {
    const recent = known !== undefined && since(known.readAt) < 3 * driftCheckMs
    const wanted = safely(wantedNow, onError)
    for (const countermeasure of wanted) {
      places.set(countermeasure.id, keyOf(countermeasure))
      if (recent && book.last(countermeasure.id)?.state === "applied") continue
      book.say(countermeasure.id, { state: "failed", reason, checkedAt: clock.now() })
    }
    state = { ...state, state: "failing", reason, failed: wanted.length }
  }

  const attempt = async () => {
    try {
      await round()
    } catch (error) {
      if (signal.aborted) return
      retryMs = nextRetry(retryMs)
      onError(error)
      tellFailure(messageOf(error))
    }
  }

  const run = async () => {
    do {
      await pause(startedAt === undefined ? 0 : minIntervalMs - since(startedAt), signal)
      again = false
      if (!signal.aborted) await attempt()
    } while (again && !signal.aborted)
    running = undefined
    if (!signal.aborted) schedule()
  }

  /** At the next drift check, the next end of a block, or the next retry: whatever comes first. */
  const schedule = () => {
    const now = clock.now()
    let waitMs = Math.min(retryMs ?? driftCheckMs, driftCheckMs)
    for (const { expiresAt } of safely(wantedNow, onError))
      if (expiresAt !== null) waitMs = Math.min(waitMs, expiresAt - now + afterEndMs)
    clearTimeout(timer)
    timer = setTimeout(kick, Math.max(afterEndMs, waitMs))
    timer.unref()
  }

  const kick = () => {
    if (signal.aborted) return
    again = true
    clearTimeout(timer)
    running ??= run()
  }

  const atRest = async () => {
    while (running !== undefined) await running
  }

  return {
    kick,
    settled: async () => {
      await atRest()
      await book.drained()
    },
    status: () => state,
    stop: async () => {
      stopping.abort()
      clearTimeout(timer)
      await atRest()
      // What is not said by then is found true again, and said, after the next start.
      const waiting = new AbortController()
      await Promise.race([book.drained(), pause(lastWordsMs, waiting.signal)])
      waiting.abort()
      await enforcer.close()
    },
  }
}

function nextRetry(before: Millis | undefined): Millis {
  return before === undefined ? firstRetryMs : Math.min(lastRetryMs, before * 2)
}

function safely<T>(read: () => readonly T[], onError: (error: unknown) => void): readonly T[] {
  try {
    return read()
  } catch (error) {
    onError(error)
    return []
  }
}

function pause(ms: Millis, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", done, { once: true })
  })
}
