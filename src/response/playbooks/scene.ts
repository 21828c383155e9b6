import type {
  AlertId,
  AuditEntry,
  Countermeasure,
  Incident,
  IncidentNotes,
  PlaybookNotice,
  PlaybookRun,
} from "../../core/index.ts"
import type { Circumstances } from "../guardrails/index.ts"
import type { Batch } from "./batch.ts"

/** What playbooks lead to, to be stored with what set them off. */
export interface Played {
  readonly countermeasures: readonly Countermeasure[]
  readonly incidents: readonly Incident[]
  readonly incidentNotes: readonly IncidentNotes[]
  readonly playbookRuns: readonly PlaybookRun[]
  readonly audit: readonly AuditEntry[]
  readonly playbookNotices: readonly PlaybookNotice[]
  /** Runs that more evidence belongs to by now and nothing came of: not worth a row each. */
  readonly counted: readonly PlaybookRun[]
  /** How many of the countermeasures are new blocks, and new quarantines. */
  readonly made: number
  readonly quarantined: number
}

/** What is decided in one go. */
export interface Scene {
  /** Alerts that came in now, for the first time or again. */
  readonly arrived: ReadonlySet<AlertId>
  /** Those of them that came again; undefined until somebody asks. */
  stored: ReadonlySet<AlertId> | undefined
  readonly batch: Batch
  readonly runs: Map<string, PlaybookRun>
  readonly counted: Map<string, PlaybookRun>
  readonly audit: AuditEntry[]
  readonly notices: PlaybookNotice[]
  around: Circumstances | undefined
}

export function playedOf({ batch, runs, counted, audit, notices }: Scene): Played {
  return {
    countermeasures: batch.countermeasures(),
    incidents: [...batch.incidents.values()],
    incidentNotes: [...batch.notes.values()],
    playbookRuns: [...runs.values()],
    counted: [...counted.values()],
    audit,
    playbookNotices: notices,
    made: batch.made.blocks,
    quarantined: batch.made.quarantines,
  }
}
