import {
  type Alert,
  type AlertId,
  type Cidr,
  type Countermeasure,
  type CountermeasureId,
  holdsBack,
  type Incident,
  type IncidentId,
  overlaps,
  parseAddress,
  parseCidr,
  ThwartError,
} from "../core/index.ts"
import type { Store } from "../store/store.ts"
import { type Findings, tell } from "./story.ts"

/** From whatever was asked about back to every byte that led there. */
export interface Explanation extends Findings {
  readonly subject: string
  readonly story: readonly string[]
}

// Enough for a story that a person reads; the lists of the API have the rest.
const most = 100
const mostAlerts = 1000
const perStage = 20
// The store finds countermeasures by incident and time, not by target: so many of the newest are looked through.
const lookedThrough = 10_000

/** Explains an address or a prefix, or a countermeasure, incident or alert by its id. Throws THWART_NOT_FOUND for what is none of these or unknown. */
export function createExplain(store: Store): (subject: string) => Promise<Explanation> {
  return async (asked) => {
    const subject = asked.trim()
    const found = await gather(store, subject)
    if (found.countermeasures.length + found.incidents.length + found.alerts.length === 0) {
      throw new ThwartError(
        "THWART_NOT_FOUND",
        `nothing is known of "${subject.slice(0, 100)}"; give an address, or the id of a countermeasure, incident or alert`,
      )
    }
    return { subject, ...found, story: tell(found) }
  }
}

const nothing: Findings = { countermeasures: [], incidents: [], alerts: [] }

async function gather(store: Store, subject: string): Promise<Findings> {
  // The casts hold: an id of another form is simply not found.
  if (subject.startsWith("cm_")) {
    const found = await store.countermeasure(subject as CountermeasureId)
    return found === undefined ? nothing : complete(store, { ...nothing, countermeasures: [found] })
  }
  if (subject.startsWith("inc_")) {
    const found = await store.incident(subject as IncidentId)
    return found === undefined ? nothing : ofIncidents(store, [found])
  }
  if (subject.startsWith("alr_")) {
    const found = await store.alert(subject as AlertId)
    return found === undefined ? nothing : ofAlert(store, found)
  }
  const target = parseCidr(subject)
  return target === undefined ? nothing : ofAddress(store, target, subject)
}

async function ofIncidents(store: Store, incidents: readonly Incident[]): Promise<Findings> {
  const pages = await Promise.all(incidents.map(({ id }) => store.countermeasures({ incident: id, limit: most })))
  return complete(store, { ...nothing, incidents, countermeasures: pages.flatMap(({ items }) => items) })
}

/** The alert alone with its bytes; what it is part of, without the other alerts of that. */
async function ofAlert(store: Store, alert: Alert): Promise<Findings> {
  const { items } = await store.incidents({ attacker: alert.attacker, limit: most })
  const incidents = items.filter(({ stages }) => stages.some(({ alerts }) => alerts.includes(alert.id)))
  const because = await ofIncidents(store, incidents)
  const named = await countermeasuresOf(store, ({ reason }) => reason.alerts.includes(alert.id))
  return { incidents, countermeasures: unique([...because.countermeasures, ...named]), alerts: [alert] }
}

async function ofAddress(store: Store, target: Cidr, subject: string): Promise<Findings> {
  const countermeasures = await countermeasuresOf(store, (one) => holdsBack(one) && overlaps(one.target, target))
  const attacker = parseAddress(subject)
  if (attacker === undefined) return complete(store, { ...nothing, countermeasures })
  const incidents = (await store.incidents({ attacker, limit: most })).items
  const alerts = (await store.alerts({ attacker, limit: most })).items
  return complete(store, { countermeasures, incidents, alerts })
}

/** Adds the incidents and alerts that the countermeasures name, and the alerts that the incidents name. */
async function complete(store: Store, found: Findings): Promise<Findings> {
  const known = new Set(found.incidents.map(({ id }) => id))
  const missing = new Set(found.countermeasures.flatMap(({ reason }) => reason.incident ?? []))
  const named = await Promise.all([...missing].filter((id) => !known.has(id)).map((id) => store.incident(id)))
  const incidents = [...found.incidents, ...named.filter((incident) => incident !== undefined)]
  const ids = new Set([
    ...incidents.flatMap(({ stages }) => stages.flatMap(({ alerts }) => alerts.slice(0, perStage))),
    ...found.countermeasures.flatMap(({ reason }) => reason.alerts),
  ])
  for (const { id } of found.alerts) ids.delete(id)
  const wanted = [...ids].slice(0, mostAlerts)
  const more = wanted.length === 0 ? [] : (await store.alerts({ ids: wanted, limit: mostAlerts })).items
  return { countermeasures: found.countermeasures, incidents, alerts: inOrder([...found.alerts, ...more]) }
}

/** Newest first. */
async function countermeasuresOf(
  store: Store,
  wants: (countermeasure: Countermeasure) => boolean,
): Promise<readonly Countermeasure[]> {
  const found: Countermeasure[] = []
  let cursor: string | undefined
  for (let seen = 0; seen < lookedThrough && found.length < most; seen += 1000) {
    const page = await store.countermeasures({ limit: 1000, cursor })
    found.push(...page.items.filter(wants))
    cursor = page.next
    if (cursor === undefined) break
  }
  return found.slice(0, most)
}

function unique<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()]
}

function inOrder(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.toSorted((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
}
