import {
  type Alert,
  type AlertId,
  type Countermeasure,
  covers,
  type Incident,
  type IncidentId,
  parseAddress,
  parseCidr,
  ThwartError,
} from "../core/index.ts"
import type { Store } from "../store/store.ts"

/** From whatever was asked about back to every byte that led there. */
export interface Explanation {
  readonly subject: string
  readonly story: readonly string[]
  readonly countermeasures: readonly Countermeasure[]
  readonly incidents: readonly Incident[]
  readonly alerts: readonly Alert[]
}

// Enough for a story that a person reads; the lists of the API have the rest.
const most = 100

/** Explains an address, or a countermeasure, incident or alert by its id. Throws THWART_NOT_FOUND for what is none of these or unknown. */
export function createExplain(store: Store): (subject: string) => Promise<Explanation> {
  return async (subject) => {
    const found = await gather(store, subject)
    if (found.countermeasures.length + found.incidents.length + found.alerts.length === 0) {
      throw new ThwartError(
        "THWART_NOT_FOUND",
        `nothing is known of "${subject}"; give an address, or the id of a countermeasure, incident or alert`,
      )
    }
    return { subject, ...found, story: tell(found) }
  }
}

type Found = Pick<Explanation, "countermeasures" | "incidents" | "alerts">

async function gather(store: Store, subject: string): Promise<Found> {
  // The casts hold: an id of another form is simply not found.
  if (subject.startsWith("cm_")) {
    const countermeasure = await store.countermeasure(subject as Countermeasure["id"])
    return countermeasure === undefined ? nothing : because(store, [countermeasure], [])
  }
  if (subject.startsWith("inc_")) {
    const incident = await store.incident(subject as IncidentId)
    return incident === undefined
      ? nothing
      : because(store, (await store.countermeasures({ incident: incident.id, limit: most })).items, [incident])
  }
  if (subject.startsWith("alr_")) {
    const alert = await store.alert(subject as AlertId)
    if (alert === undefined) return nothing
    const incidents = (await store.incidents({ attacker: alert.attacker, limit: most })).items.filter(({ stages }) =>
      stages.some(({ alerts }) => alerts.includes(alert.id)),
    )
    return { countermeasures: [], incidents, alerts: [alert] }
  }
  return ofAddress(store, subject)
}

const nothing: Found = { countermeasures: [], incidents: [], alerts: [] }

async function ofAddress(store: Store, subject: string): Promise<Found> {
  const asked = parseCidr(subject)
  if (asked === undefined) return nothing
  const countermeasures = (await store.countermeasures({ limit: 1000 })).items
    .filter(({ target }) => covers(target, asked) || covers(asked, target))
    .slice(0, most)
  const attacker = parseAddress(subject)
  const found = await because(store, countermeasures, [])
  if (attacker === undefined) return found
  const incidents = (await store.incidents({ attacker, limit: most })).items
  const alerts = (await store.alerts({ attacker, limit: most })).items
  return {
    countermeasures,
    incidents: unique([...found.incidents, ...incidents]),
    alerts: inOrder(unique([...found.alerts, ...alerts])),
  }
}

/** The incidents and alerts that the countermeasures name, and those of the incidents. */
async function because(
  store: Store,
  countermeasures: readonly Countermeasure[],
  incidents: readonly Incident[],
): Promise<Found> {
  const named = await Promise.all(
    countermeasures.flatMap(({ reason }) => (reason.incident === null ? [] : [store.incident(reason.incident)])),
  )
  const all = unique([...incidents, ...named.filter((incident) => incident !== undefined)])
  const ids = [
    ...new Set([
      ...all.flatMap(({ stages }) => stages.flatMap(({ alerts }) => alerts.slice(0, 20))),
      ...countermeasures.flatMap(({ reason }) => reason.alerts),
    ]),
  ]
  const alerts = ids.length === 0 ? [] : (await store.alerts({ ids: ids.slice(0, 1000), limit: 1000 })).items
  return { countermeasures, incidents: all, alerts: inOrder(alerts) }
}

function tell({ countermeasures, incidents, alerts }: Found): readonly string[] {
  return [
    ...countermeasures.map(
      ({ id, target, reason, createdAt, expiresAt, endReason, endedBy, reports }) =>
        `${target} was blocked at ${time(createdAt)} by ${reason.by} (${id}): ${reason.text}. ${
          endReason === null
            ? expiresAt === null
              ? "It has no end"
              : `It ends at ${time(expiresAt)}`
            : `It was ended (${endReason}) by ${endedBy}`
        }. ${reports.map(({ enforcer, state, since, reason: why }) => `${enforcer}: ${state} since ${time(since)}${why === null ? "" : ` (${why})`}`).join("; ")}`,
    ),
    ...incidents.map(
      ({ id, title, attacker, stages, stagesTotal }) =>
        `Incident ${id}, ${title}: ${attacker} was seen in ${stages.length} of ${stagesTotal} stages: ${stages.map(({ name, because: why }) => `${name} (${why})`).join(" → ")}`,
    ),
    ...alerts.flatMap((alert) => [
      `${time(alert.at)} ${alert.intent}: ${alert.title} (score ${alert.score}, threshold ${alert.threshold}; ${alert.id}) in ${printable(alert.evidence.summary)}`,
      ...alert.contributions.flatMap(({ rule, message, matches }) =>
        matches
          .slice(0, 3)
          .map(
            ({ variable, value, offset, length }) =>
              `  rule ${rule}, ${message}: ${variable} held "${printable(value.slice(offset, offset + length).slice(0, 200))}"`,
          ),
      ),
    ]),
  ]
}

const time = (at: number) => new Date(at).toISOString()

/** Bytes that a terminal could act on are written as \xHH. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)
}

function unique<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()]
}

function inOrder(alerts: readonly Alert[]): readonly Alert[] {
  return [...alerts].sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
}
