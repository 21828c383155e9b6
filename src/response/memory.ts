import type { Countermeasure } from "../core/index.ts"
import type { Trigger } from "./policies.ts"

/** What operators undid as false positives: the same evidence does not bring it back. */
export interface UndoMemory {
  remember(undone: Countermeasure): void
  knows(trigger: Trigger): boolean
}

// Ids kept of each kind; some 10 MB. The oldest are forgotten beyond, which errs towards blocking what a rule asks for.
const maxRemembered = 100_000

export function createUndoMemory(): UndoMemory {
  const incidents = new Set<string>()
  const alerts = new Set<string>()
  const add = (set: Set<string>, id: string) => {
    set.add(id)
    if (set.size > maxRemembered) set.delete(set.values().next().value ?? id)
  }
  return {
    remember: ({ endReason, reason }) => {
      if (endReason !== "false-positive") return
      if (reason.incident !== null) add(incidents, reason.incident)
      for (const id of reason.alerts) add(alerts, id)
    },
    knows: ({ incident, alerts: evidence }) =>
      incident !== null
        ? incidents.has(incident.id)
        : evidence.length > 0 && evidence.every(({ id }) => alerts.has(id)),
  }
}
