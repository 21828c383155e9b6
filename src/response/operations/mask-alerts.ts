import {
  type Alert,
  type AlertId,
  type Countermeasure,
  type Incident,
  type Millis,
  ThwartError,
} from "../../core/index.ts"
import type { AlertQuery, Store } from "../../store/store.ts"
import { endedAs } from "../countermeasure.ts"
import { auditOf, type Parts } from "../parts.ts"
import type { PolicyWatch } from "../policies.ts"
import { withdrawnWith } from "../recommendations/withdraw.ts"
import type { Responder } from "../services.ts"

// Incidents since the alert that are looked through for it, and alerts that one is worked out from again; some seconds at most.
const maxIncidents = 5000
const maxAlerts = 20_000
const pageSize = 1000

/** Masks alerts, or takes that back. What rested on masked ones alone ends; nothing new is decided until something new is seen. */
export function createMaskAlerts(parts: Parts, watch: Pick<PolicyWatch, "forget" | "wants">): Responder["maskAlerts"] {
  const { deps, commit } = parts
  return async (ids, { masked, why }, actor) => {
    const changed = (await storedAlerts(deps.store, ids))
      .filter((alert) => alert.masked !== masked)
      .map((alert): Alert => ({ ...alert, masked }))
    if (changed.length === 0) return { alerts: [], incidents: [], ended: [] }
    const next = await reconsidered(parts, changed)
    const at = deps.clock.now()
    const resting = masked ? [...(await restingOn(parts, watch, next)), ...(await restingOnAlerts(parts, changed))] : []
    const ended = resting.map((one) => endedAs(one, { reason: "undone", by: actor.who, at }))
    const incidents = next.map((incident) => released(parts, incident, ended))
    const alerts = changed.map(({ id }) => id)
    const change = {
      action: masked ? "alerts masked" : "alerts unmasked",
      subject: "alerts",
      before: null,
      after: { why, alerts, incidents: incidents.map(({ id }) => id), ended: ended.map(({ id }) => id) },
    }
    await commit({
      ...(masked ? withdrawn(parts, { incidents, changed, by: actor.who }) : {}),
      masks: changed.map(({ id }) => ({ id, masked })),
      incidents,
      countermeasures: ended,
      audit: [auditOf(deps, actor, change)],
    })
    const policies = masked ? await deps.store.policies() : []
    for (const alert of changed) {
      watch.forget(policies, alert)
      if (masked) deps.forgetAlert?.(alert)
    }
    return { alerts, incidents, ended: ended.map(({ id }) => id) }
  }
}

async function storedAlerts(store: Pick<Store, "alerts">, ids: readonly AlertId[]): Promise<readonly Alert[]> {
  const found = (await store.alerts({ ids, limit: pageSize })).items
  const known = new Set(found.map(({ id }) => id))
  const missing = ids.find((id) => !known.has(id))
  if (missing !== undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no alert ${missing}`)
  return found
}

/** New versions of the incidents that these alerts counted in, or count in again. */
async function reconsidered({ deps }: Parts, changed: readonly Alert[]): Promise<readonly Incident[]> {
  const { reconsider, store, clock } = deps
  if (reconsider === undefined) return []
  const since = Math.min(...changed.map(({ at }) => at))
  const candidates = await gather((cursor) => store.incidents({ since, cursor, limit: pageSize }), maxIncidents)
  const next: Incident[] = []
  for (const incident of candidates) {
    const concerned = changed.filter((alert) => concerns(incident, alert))
    if (concerned.length === 0 || isSettled(incident)) continue
    const before = new Set(incident.masked)
    for (const { id, masked } of concerned) before[masked ? "add" : "delete"](id)
    const alerts = await alertsOf(store, incident, changed)
    next.push(reconsider(incident, { alerts, masked: [...before], at: clock.now() }))
  }
  return next
}

/** A person's word on it stands. One that was closed since alerts were masked has less stages than it had, and may open again. */
function isSettled({ status, masked = [] }: Incident): boolean {
  return status === "false-positive" || (status === "closed" && masked.length === 0)
}

/** Stages name the first hundred of their alerts: of the others, those of its attacker within its time may be among them. */
function concerns({ stages, masked = [], attacker }: Incident, { id, at, ...alert }: Alert): boolean {
  return (
    masked.includes(id) ||
    stages.some(
      ({ alerts, count, firstAt, lastAt }) =>
        alerts.includes(id) || (count > alerts.length && alert.attacker === attacker && at >= firstAt && at <= lastAt),
    )
  )
}

/** All that may have led to it: of its attacker or, where it has another key, of everybody within its time; as they are after the change. */
async function alertsOf(
  store: Pick<Store, "alerts">,
  incident: Incident,
  changed: readonly Alert[],
): Promise<readonly Alert[]> {
  const { stages, startedAt, joinKey, attacker, masked = [] } = incident
  const listed = [...new Set([...stages.flatMap(({ alerts }) => alerts), ...masked])]
  const until = stages.reduce((latest, { lastAt }) => Math.max(latest, lastAt), startedAt)
  const whose: AlertQuery = { ...(joinKey === undefined ? { attacker } : {}), since: startedAt, until }
  const around = await gather(
    (cursor) => store.alerts({ ...whose, cursor, limit: pageSize, order: "oldest" }),
    maxAlerts,
  )
  const named: Alert[] = []
  for (let start = 0; start < listed.length; start += pageSize)
    named.push(...(await store.alerts({ ids: listed.slice(start, start + pageSize), limit: pageSize })).items)
  return [...new Map([...around, ...named, ...changed].map((alert) => [alert.id, alert])).values()]
}

/** What is in force because of an incident that fell short, or that a policy would not act on as it is now. */
async function restingOn(
  { deps: { store }, wanted }: Parts,
  { wants }: Pick<PolicyWatch, "wants">,
  incidents: readonly Incident[],
): Promise<readonly Countermeasure[]> {
  const policies = new Map((await store.policies()).map((policy) => [policy.id, policy]))
  return incidents.flatMap((incident) =>
    wanted.activeBecauseOf(incident.id).filter(({ reason }) => {
      const policy = reason.policy === null ? undefined : policies.get(reason.policy)
      return isClosed(incident) || (policy !== undefined && !wants(policy, incident))
    }),
  )
}

/** What is in force because of alerts that are all masked now. */
async function restingOnAlerts(
  { deps: { store }, wanted }: Parts,
  changed: readonly Alert[],
): Promise<readonly Countermeasure[]> {
  const ids = new Set<AlertId>(changed.map(({ id }) => id))
  const onAlerts = wanted
    .active()
    .filter(({ reason }) => reason.incident === null && reason.alerts.some((id) => ids.has(id)))
  const isLeft = await Promise.all(
    onAlerts.map(async ({ reason }) =>
      (await store.alerts({ ids: reason.alerts.slice(-pageSize), limit: pageSize })).items.some(
        ({ id, masked }) => !masked && !ids.has(id),
      ),
    ),
  )
  return onAlerts.filter((_, index) => isLeft[index] === false)
}

/** A contained incident that nothing contains any longer is open. */
function released({ wanted, statuses }: Parts, incident: Incident, ended: readonly Countermeasure[]): Incident {
  if (incident.status !== "contained") return incident
  const ending = new Set(ended.map(({ id }) => id))
  const isHeld = wanted.activeBecauseOf(incident.id).some(({ id }) => !ending.has(id))
  return isHeld ? incident : statuses.give(incident, "open")
}

const isClosed = ({ status }: Incident) => status === "closed"

function withdrawn(
  parts: Parts,
  {
    incidents,
    changed,
    by,
  }: { readonly incidents: readonly Incident[]; readonly changed: readonly Alert[]; readonly by: string },
) {
  const why = "the alerts that it rests on were masked"
  const alerts = changed.map(({ id }) => id)
  const gone = incidents.filter(isClosed).map((incident) => withdrawnWith(parts, { incident, alerts }, { by, why }))
  const all = gone.length > 0 ? gone : [withdrawnWith(parts, { incident: undefined, alerts }, { by, why })]
  return {
    proposals: [...new Map(all.flatMap(({ proposals = [] }) => proposals).map((one) => [one.id, one])).values()],
    removedRecommendations: [...new Set(all.flatMap((one) => one.removedRecommendations ?? []))],
  }
}

async function gather<T>(
  fetch: (cursor: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
  most: Millis,
): Promise<readonly T[]> {
  const found: T[] = []
  for (let cursor: string | undefined, more = true; more && found.length < most; more = cursor !== undefined) {
    const page = await fetch(cursor)
    found.push(...page.items)
    cursor = page.next
  }
  return found
}
