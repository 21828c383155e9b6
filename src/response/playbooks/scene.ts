import type { AuditEntry, Countermeasure, Incident, IncidentNotes, PlaybookRun } from "../../core/index.ts"
import type { Circumstances } from "../guardrails/index.ts"
import type { Batch } from "./batch.ts"
import type { PlaybookNotification } from "./notifier.ts"

/** What playbooks lead to, to be stored with what set them off. */
export interface Played {
  readonly countermeasures: readonly Countermeasure[]
  readonly incidents: readonly Incident[]
  readonly incidentNotes: readonly IncidentNotes[]
  readonly playbookRuns: readonly PlaybookRun[]
  readonly audit: readonly AuditEntry[]
  readonly notifications: readonly PlaybookNotification[]
  /** How many of the countermeasures are new blocks, and new quarantines. */
  readonly made: number
  readonly quarantined: number
}

export const nothingPlayed: Played = {
  ...{ countermeasures: [], incidents: [], incidentNotes: [], playbookRuns: [], audit: [], notifications: [] },
  made: 0,
  quarantined: 0,
}

/** What is decided in one go. */
export interface Scene {
  readonly batch: Batch
  readonly runs: Map<string, PlaybookRun>
  readonly audit: AuditEntry[]
  readonly notifications: PlaybookNotification[]
  around: Circumstances | undefined
}

export function playedOf({ batch, runs, audit, notifications }: Scene): Played {
  return {
    countermeasures: batch.countermeasures(),
    incidents: [...batch.incidents.values()],
    incidentNotes: [...batch.notes.values()],
    playbookRuns: [...runs.values()],
    audit,
    notifications,
    made: batch.made.blocks,
    quarantined: batch.made.quarantines,
  }
}
