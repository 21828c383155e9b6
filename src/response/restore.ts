import { type Alert, type Countermeasure, holdsBack, isByPerson, type Millis } from "../core/index.ts"
import type { Page } from "../store/store.ts"
import type { RecentCount } from "./circumstances.ts"
import { type HeldTriggers, heldIn } from "./held-triggers.ts"
import type { UndoMemory } from "./memory.ts"
import type { Parts } from "./parts.ts"
import { defaultPolicies, type PolicyWatch } from "./policies.ts"

export interface Restoring extends Pick<Parts, "deps" | "wanted" | "book" | "dismissals"> {
  readonly memory: UndoMemory
  readonly watch: PolicyWatch
  readonly held: HeldTriggers
  readonly rates: { readonly blocks: RecentCount; readonly quarantines: RecentCount }
}

// Countermeasures looked through for undone ones, newest first; some seconds of work at most.
const maxLookedThrough = 50_000
// Entries of the audit log looked through for what was held; while something is, little else is decided.
const maxAudited = 5000
// Alerts and incidents counted again for policies that want several; the newest.
const maxCounted = 50_000

/** Takes up where an earlier run ended, however it ended; a new store gets the default policies. */
export async function restore(restoring: Restoring): Promise<void> {
  const { store } = restoring.deps
  if ((await store.policies()).length === 0) await store.record({ policies: defaultPolicies })
  // Whatever has not ended is active at time 0, also what is past its time: the sweep ends it.
  const notEnded = await gather((cursor) => store.countermeasures({ activeAt: 0, limit: 1000, cursor }))
  restoring.wanted.take(notEnded)
  await recall(restoring)
  await takeUpProposals(restoring)
  await countAgain(restoring)
  await holdAgain(restoring)
}

async function recall({ deps: { store }, memory, rates, wanted }: Restoring): Promise<void> {
  const history = await gather((cursor) => store.countermeasures({ limit: 1000, cursor }), maxLookedThrough)
  const undone: Countermeasure[] = []
  for (const countermeasure of history) {
    if (countermeasure.endReason === "false-positive") undone.push(countermeasure)
    if (isByPerson(countermeasure.reason)) continue
    const rate = holdsBack(countermeasure) ? rates.blocks : rates.quarantines
    rate.made(countermeasure.createdAt)
  }
  // The run before may have ended before it could tell that these are gone from their targets.
  wanted.take(history.filter(({ endedAt }) => endedAt !== null).toReversed())
  // The oldest first, since the memory forgets in that order.
  for (const countermeasure of undone.toReversed()) {
    const { incident } = countermeasure.reason
    memory.undone(countermeasure, incident === null ? undefined : await store.incident(incident))
  }
  const misjudged = await gather(
    (cursor) => store.incidents({ status: "false-positive", limit: 1000, cursor }),
    maxLookedThrough,
  )
  for (const incident of misjudged.toReversed()) memory.misjudged(incident)
}

async function takeUpProposals({ deps: { store, ids, clock }, book, dismissals }: Restoring): Promise<void> {
  const proposals = await gather((cursor) => store.proposals({ state: "pending", limit: 1000, cursor }))
  const heads = await store.recommendations()
  const known = new Set(heads.map(({ policy }) => policy))
  const missing = [...new Set(proposals.map(({ policy }) => policy))].filter((policy) => !known.has(policy))
  const made = missing.map((policy) => ({ id: ids.recommendation(), policy, createdAt: clock.now(), notKept: 0 }))
  if (made.length > 0) await store.record({ recommendations: made })
  book.take({ recommendations: [...heads, ...made], proposals: proposals.toReversed() })
  const dismissed = await gather(
    (cursor) => store.proposals({ state: "dismissed", limit: 1000, cursor }),
    maxLookedThrough,
  )
  for (const proposal of dismissed.toReversed()) dismissals.add(proposal)
}

async function countAgain({ deps: { store, clock }, watch }: Restoring): Promise<void> {
  const counting = (await store.policies()).filter(({ enabled, count }) => enabled && count > 1)
  const longestMs = Math.max(0, ...counting.map(({ windowMs }) => windowMs))
  if (longestMs === 0) return
  const since: Millis = clock.now() - longestMs
  const wants = (kind: "alert" | "incident") => counting.some(({ on }) => on.kind === kind)
  const alerts = wants("alert")
    ? await gather((cursor) => store.alerts({ since, limit: 1000, cursor }), maxCounted)
    : []
  const incidents = wants("incident")
    ? await gather((cursor) => store.incidents({ since, limit: 1000, cursor }), maxCounted)
    : []
  // What they triggered was decided when they came.
  watch.look(counting, alerts.toReversed(), incidents.toReversed())
}

/** What waited for the guardrails to be readable, and was never decided. */
async function holdAgain({ deps: { store }, watch, held }: Restoring): Promise<void> {
  const { entries, alerts, incidents } = heldIn(
    await gather((cursor) => store.audit({ limit: 1000, cursor }), maxAudited),
  )
  const foundAlerts: Alert[] = []
  for (let start = 0; start < alerts.length; start += 1000)
    foundAlerts.push(...(await store.alerts({ ids: alerts.slice(start, start + 1000), limit: 1000 })).items)
  const found = await Promise.all(incidents.map((id) => store.incident(id)))
  const foundIncidents = found.filter((incident) => incident !== undefined)
  if (foundAlerts.length + foundIncidents.length === 0) return
  held.hold(watch.look(await store.policies(), foundAlerts, foundIncidents))
  held.recorded(entries)
}

async function gather<T>(
  fetch: (cursor: string | undefined) => Promise<Page<T>>,
  most: number = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const found: T[] = []
  for (let cursor: string | undefined, more = true; more && found.length < most; more = cursor !== undefined) {
    const page = await fetch(cursor)
    found.push(...page.items)
    cursor = page.next
  }
  return found
}
