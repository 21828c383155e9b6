import {
  type Alert,
  type BacktestAction,
  type BacktestResult,
  createManualClock,
  type Incident,
  type IncidentId,
  type Millis,
  type Policy,
} from "../../core/index.ts"
import { policySentence } from "../sentence.ts"
import { createAttribution, everything } from "./attribution.ts"
import { correlated } from "./correlated.ts"
import { createFriends } from "./friends.ts"
import { each } from "./gather.ts"
import { createLedger, type Ledger } from "./ledger.ts"
import { notesOf } from "./notes.ts"
import { pages, pagesWith } from "./pages.ts"
import { createPastAllowlist } from "./past-allowlist.ts"
import type {
  Backtest,
  BacktestDeps,
  BacktestLimits,
  BacktestProgress,
  BacktestRequest,
  Correlation,
} from "./services.ts"
import { createStage, type Stage } from "./stage.ts"
import { summaryOf } from "./summary.ts"

// Some minutes of one core; and whoever would have blocked more than so many has seen enough.
const defaultLimits: BacktestLimits = { alerts: 2_000_000, actions: 10_000 }
// Told one by one in a result.
const maxShown = 500
// Incidents that went on at its beginning; the newest.
const maxEarlier = 10_000
// How late an incident may open that waits for nothing to follow; live it is a second.
const stepMs: Millis = 60_000
// Audit entries looked through for what was taken off the allowlist.
const maxAudit = 50_000

/** Looks back by the real response with a clock of its own: one policy watch, one way to decide, the same guardrails. */
export function createBacktest(deps: BacktestDeps, limits: BacktestLimits = defaultLimits): Backtest {
  return {
    run: async (request, onProgress, signal) => {
      const { of } = request
      const policies =
        of === undefined
          ? request.policies.map((one): Policy => ({ ...one, enabled: true, mode: "automatic" }))
          : request.policies.filter(
              ({ enabled, on }) => enabled && (of.kind !== "correlation" || on.kind === "incident"),
            )
      const attribution = of === undefined || of.kind === "correlation" ? everything : createAttribution(of.rules)
      const clock = createManualClock(request.since)
      const correlation = (request.correlate ?? deps.correlate)()
      const { correlator } = correlation
      const ledger = createLedger(await createFriends(deps), attribution)
      const before = await warmUp({ deps, correlation, signal }, request.since)
      const allowlist = await pastAllowlistOf(deps)
      const stage = await createStage(deps, { policies, clock, allowlist, correlator, earlier: before })
      try {
        const run: Run = { deps, correlation, clock, ledger, stage, signal, limits, onProgress }
        const seen = await goThrough(run, request)
        return await resultOf(run, { ...request, policies }, seen)
      } finally {
        await stage.scratch.close()
      }
    },
  }
}

interface Run {
  readonly deps: BacktestDeps
  readonly correlation: Correlation
  readonly clock: ReturnType<typeof createManualClock>
  readonly ledger: Ledger
  readonly stage: Stage
  readonly signal: AbortSignal
  readonly limits: BacktestLimits
  readonly onProgress: (progress: BacktestProgress) => void
}

/** What a run looked at. */
export interface Looked {
  readonly alerts: number
  readonly masked: number
  readonly firstAlertAt: Millis | null
  readonly lastAlertAt: Millis
  /** Why it ended before its time. */
  readonly stoppedAt: "alerts" | "actions" | null
}

/** The incidents that were going on: correlation sees what came within its longest window before. */
async function warmUp(
  { deps, correlation, signal }: Pick<Run, "deps" | "correlation" | "signal">,
  since: Millis,
): Promise<readonly Incident[]> {
  const { correlator, clusterer } = correlation
  const longest = Math.max(0, ...[...correlator.rules, ...clusterer.rules].map(({ windowMs }) => windowMs))
  const earlier = new Map<string, Incident>()
  for await (const page of pages(deps.store, { since: Math.max(0, since - longest), until: since - 1 }, signal))
    for (const alert of page)
      for (const incident of correlator.onAlerts(await correlated(alert, clusterer, deps.store))) {
        earlier.delete(incident.id)
        earlier.set(incident.id, incident)
        if (earlier.size > maxEarlier) earlier.delete(earlier.keys().next().value ?? "")
      }
  return [...earlier.values()]
}

async function goThrough(run: Run, { since, until, of }: BacktestRequest): Promise<Looked> {
  const { deps, correlation, clock, ledger, stage, signal, limits, onProgress } = run
  const stored = pages(deps.store, { since, until }, signal)
  let [alerts, masked] = [0, 0]
  let firstAlertAt: Millis | null = null
  let stoppedAt: Looked["stoppedAt"] = null
  for await (const page of of === undefined ? stored : pagesWith(stored, of, { since, until })) {
    for (const alert of page) {
      await letPass(run, alert.at)
      const these = await correlated(alert, correlation.clusterer, deps.store)
      if (these.length === 0) continue
      firstAlertAt ??= alert.at
      alerts += these.length
      if (alert.masked) masked++
      clock.set(alert.at)
      ledger.came(these, alert.at)
      await decideOn(run, these, correlation.correlator.onAlerts(these))
    }
    await stage.responder.sweep()
    onProgress({ alerts, at: clock.now(), share: (clock.now() - since) / Math.max(1, until - since) })
    stoppedAt = alerts >= limits.alerts ? "alerts" : ledger.decisions() >= limits.actions ? "actions" : null
    if (stoppedAt !== null) break
  }
  if (stoppedAt === null) await letPass(run, until)
  return { alerts, masked, firstAlertAt, lastAlertAt: clock.now(), stoppedAt }
}

async function decideOn({ ledger, stage }: Run, alerts: readonly Alert[], changed: readonly Incident[]): Promise<void> {
  ledger.recognised(changed)
  await stage.responder.handle(alerts, changed, (decided) => ledger.decided(decided, changed))
}

/** Until then some incidents open because nothing followed that would make them none. */
async function letPass(run: Run, until: Millis): Promise<void> {
  const { clock, correlation, ledger } = run
  let now = clock.now()
  while (now < until) {
    now = Math.min(until, now + stepMs)
    const opened = correlation.correlator.onTime(now)
    if (opened.length === 0) continue
    clock.set(now)
    ledger.came([], now)
    await decideOn(run, [], opened)
  }
}

async function pastAllowlistOf({ store }: BacktestDeps) {
  const removals = []
  for await (const entry of each((cursor) => store.audit({ limit: 1000, cursor }), maxAudit))
    if (entry.action === "disallow") removals.push(entry)
  return createPastAllowlist(await store.allowlist(), removals)
}

async function resultOf(run: Run, request: BacktestRequest, seen: Looked): Promise<BacktestResult> {
  const { ledger, deps, correlation } = run
  const { since, until, policies } = request
  const actions = [...ledger.actions()].sort(
    (one, other) => Number(other.friend !== null) - Number(one.friend !== null) || one.from - other.from,
  )
  const friends = ledger.friends()
  const countOf = (outcome: "hurt" | "spared") => friends.filter((friend) => friend.outcome === outcome).length
  const told = {
    since,
    until,
    looked: { alerts: seen.alerts, masked: seen.masked },
    totals: { ...ledger.counts(), hurt: countOf("hurt"), spared: countOf("spared") },
    complete: seen.stoppedAt === null,
  }
  return {
    ...told,
    policies: policies.map((one) => ({ id: one.id, name: one.name, sentence: policySentence(one) })),
    firstAlertAt: seen.firstAlertAt,
    summary: summaryOf(told, request),
    actions: await Promise.all(actions.slice(0, maxShown).map((one) => withStored(one, deps))),
    friends,
    incidents: await Promise.all(
      ledger
        .incidents()
        .slice(0, maxShown)
        .map((one) => incidentStored(one, deps)),
    ),
    notes: await notesOf({ store: deps.store, rules: correlation.correlator.rules, limits: run.limits }, request, seen),
  }
}

async function withStored(action: BacktestAction, deps: BacktestDeps): Promise<BacktestAction> {
  const { incident } = action
  return incident === null ? action : { ...action, incident: await incidentStored(incident, deps) }
}

async function incidentStored<I extends { readonly id: IncidentId }>(incident: I, { store }: BacktestDeps) {
  return { ...incident, stored: (await store.incident(incident.id)) !== undefined }
}
