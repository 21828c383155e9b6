import {
  type Countermeasure,
  type CountermeasureId,
  type Incident,
  type IncidentId,
  type IncidentStatus,
  ThwartError,
} from "../core/index.ts"
import type { ResponderDeps } from "./services.ts"
import type { Wanted } from "./wanted.ts"

export interface StatusChange {
  readonly before: Incident
  readonly after: Incident
}

/** The one place where the status of an incident is changed. What these return is for the caller to store. */
export interface IncidentStatuses {
  /** Throws THWART_NOT_FOUND. */
  change(id: IncidentId, status: IncidentStatus): Promise<StatusChange>
  /** The incident, as it is at hand, with another status. */
  give(incident: Incident, status: IncidentStatus): Incident
  /** True for a version that was made before a change of status that is newer. */
  isOutdated(incident: Incident): boolean
  /** A block because of it is in force: an open incident is contained. */
  contained(id: IncidentId): Promise<Incident | undefined>
  /** These are about to end: a contained incident that nothing else contains is open again. */
  released(ending: readonly Countermeasure[]): Promise<readonly Incident[]>
  /** These went on: the ones called contained that nothing contains any longer are open again. */
  grown(incidents: readonly Incident[]): readonly Incident[]
}

// A version is outdated only while an earlier one is on its way through the pipeline.
const maxChanged = 10_000

export function createIncidentStatuses(
  { store, clock, setIncidentStatus }: ResponderDeps,
  wanted: Wanted,
): IncidentStatuses {
  let changed = new Map<IncidentId, number>()
  const set = (before: Incident, status: IncidentStatus): Incident => {
    const now = clock.now()
    const after = setIncidentStatus(before.id, status, now) ?? {
      ...before,
      status,
      version: before.version + 1,
      updatedAt: Math.max(now, before.updatedAt),
    }
    if (changed.size >= maxChanged) changed = new Map()
    changed.set(after.id, after.version)
    return after
  }
  const isContained = (id: IncidentId, ending: ReadonlySet<CountermeasureId> = new Set()) =>
    wanted.activeBecauseOf(id).some((countermeasure) => !ending.has(countermeasure.id))

  return {
    change: async (id, status) => {
      const before = await store.incident(id)
      if (before === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no incident ${id}`)
      return { before, after: before.status === status ? before : set(before, status) }
    },
    give: set,
    isOutdated: ({ id, version }) => version < (changed.get(id) ?? 0),
    contained: async (id) => {
      const before = await store.incident(id)
      return before?.status === "open" ? set(before, "contained") : undefined
    },
    released: async (ending) => {
      const endingIds = new Set(ending.map(({ id }) => id))
      const ids = new Set(ending.flatMap(({ reason }) => reason.incident ?? []))
      const found = await Promise.all(
        [...ids].filter((id) => !isContained(id, endingIds)).map((id) => store.incident(id)),
      )
      return found.flatMap((incident) => (incident?.status === "contained" ? [set(incident, "open")] : []))
    },
    grown: (incidents) =>
      incidents.flatMap((incident) =>
        incident.status === "contained" && !isContained(incident.id) ? [set(incident, "open")] : [],
      ),
  }
}
