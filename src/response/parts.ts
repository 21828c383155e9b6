import type { AuditEntry } from "../core/index.ts"
import type { Changes } from "../store/store.ts"
import type { CircumstancesReader } from "./circumstances.ts"
import type { IncidentStatuses } from "./incident-status.ts"
import type { UndoMemory } from "./memory.ts"
import type { RecommendationBook } from "./recommendations/book.ts"
import type { Dismissals } from "./recommendations/dismissals.ts"
import type { Actor, ResponderDeps } from "./services.ts"
import type { Wanted } from "./wanted.ts"

/** What the operations of response share. */
export interface Parts {
  readonly deps: ResponderDeps
  readonly wanted: Wanted
  readonly memory: UndoMemory
  readonly book: RecommendationBook
  readonly dismissals: Dismissals
  readonly statuses: IncidentStatuses
  readonly circumstances: CircumstancesReader
  /** Stores, then takes in, publishes and tells the enforcers, in this order. */
  commit(changes: Changes): Promise<void>
}

export interface Change {
  readonly action: string
  /** `countermeasure:cm_…`, `incident:inc_…`, … */
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
}

export function auditOf(
  { ids, clock }: Pick<ResponderDeps, "ids" | "clock">,
  actor: Actor,
  change: Change,
): AuditEntry {
  return { id: ids.other("aud"), at: clock.now(), who: actor.who, from: actor.from, ...change }
}
