import type {
  Countermeasure,
  CountermeasureId,
  Incident,
  IncidentId,
  IncidentNotes,
  IncidentStatus,
  PlaybookStep,
  Reason,
  StepResult,
} from "../../core/index.ts"
import type { Circumstances } from "../guardrails/index.ts"
import type { ResponderDeps } from "../services.ts"
import type { Batch } from "./batch.ts"
import type { PlaybookDirectory } from "./directory.ts"
import type { Occasion } from "./occasion.ts"
import type { ReadyPlaybook } from "./ready.ts"

/** Everything that a step may look at or change; what it changes it leaves in the batch. */
export interface StepContext {
  readonly deps: Pick<ResponderDeps, "clock" | "ids" | "enforcers" | "quarantiners">
  readonly ready: ReadyPlaybook
  readonly occasion: Occasion
  /** `do`: it is done; `weigh`: only whether it might be. */
  readonly how: "do" | "weigh"
  readonly around: Circumstances
  readonly batch: Batch
  readonly directory: PlaybookDirectory
  readonly notesOf: (id: IncidentId) => Promise<IncidentNotes>
  readonly giveStatus: (incident: Incident, status: IncidentStatus) => Incident
  readonly endedByPerson: (id: CountermeasureId) => Promise<boolean>
  readonly reason: Reason
}

/** What came of a step, or of its part on one node. */
export interface Outcome {
  readonly outcome: StepResult["outcome"]
  readonly reason: string | null
  readonly countermeasures: readonly CountermeasureId[]
}

export type StepOf<K extends PlaybookStep["kind"]> = Extract<PlaybookStep, { readonly kind: K }>

export const done = (countermeasure?: Countermeasure): Outcome => ({
  outcome: "done",
  reason: null,
  countermeasures: countermeasure === undefined ? [] : [countermeasure.id],
})
export const skipped = (reason: string): Outcome => ({ outcome: "skipped", reason, countermeasures: [] })
