import type { AlertId, Countermeasure, Incident, IncidentId } from "../core/index.ts"
import type { Trigger } from "./policies.ts"

/** What operators called a false positive: the same evidence does not lead to a block again. */
export interface UndoMemory {
  /** A countermeasure that was undone as one, with the incident behind it as it was told last. */
  undone(countermeasure: Countermeasure, incident: Incident | undefined): void
  /** An incident that somebody called one. */
  misjudged(incident: Incident): void
  knows(evidence: Evidence): boolean
}

/** What something is decided because of: an incident, or as many alerts as are counted. */
export interface Evidence extends Pick<Trigger, "incident" | "alerts"> {
  readonly policy: { readonly count: number }
}

// Ids kept of each kind; some 10 MB. The oldest are forgotten beyond, which errs towards blocking what a policy asks for.
const maxRemembered = 100_000

export function createUndoMemory(): UndoMemory {
  const incidents = createIds<IncidentId>()
  const alerts = createIds<AlertId>()
  const misjudged = ({ id, stages }: Incident) => {
    incidents.add(id)
    for (const stage of stages) for (const alert of stage.alerts) alerts.add(alert)
  }
  return {
    undone: ({ reason }, incident) => {
      if (incident !== undefined) misjudged(incident)
      if (reason.incident !== null) incidents.add(reason.incident)
      for (const id of reason.alerts) alerts.add(id)
    },
    misjudged,
    knows: ({ policy, incident, alerts: counted }) => {
      if (incident === null) return counted.filter((id) => !alerts.has(id)).length < policy.count
      if (incidents.has(incident.id)) return true
      // Another rule, or the same one again, may make another incident of the same alerts.
      const ids = incident.stages.flatMap((stage) => stage.alerts)
      return ids.length > 0 && ids.every((id) => alerts.has(id))
    },
  }
}

/** Forgets the older half at once when it is full. */
function createIds<Id extends string>() {
  let younger = new Set<Id>()
  let older = new Set<Id>()
  return {
    has: (id: Id) => younger.has(id) || older.has(id),
    add: (id: Id) => {
      if (younger.size >= maxRemembered / 2) {
        older = younger
        younger = new Set()
      }
      younger.add(id)
    },
  }
}
