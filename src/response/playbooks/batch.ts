import {
  type BlockCountermeasure,
  type Countermeasure,
  holdsBack,
  type Incident,
  type IncidentId,
  type IncidentNotes,
  type NodeId,
  type QuarantineAction,
  type QuarantineCountermeasure,
} from "../../core/index.ts"
import { type Place, placeInWords } from "../place.ts"
import type { Wanted } from "../wanted.ts"

/** What is decided in one go and stored together: later steps see what earlier ones decided. */
export interface Batch {
  blocksAt(place: Place): readonly BlockCountermeasure[]
  quarantineOf(node: NodeId, action: QuarantineAction): QuarantineCountermeasure | undefined
  decide(countermeasure: Countermeasure, isNew: boolean): void
  countermeasures(): readonly Countermeasure[]
  /** New ones of this batch, which the guardrails count beside those of the last minute. */
  readonly made: { blocks: number; quarantines: number }
  readonly incidents: Map<IncidentId, Incident>
  readonly notes: Map<IncidentId, IncidentNotes>
}

/** `before` is what policies decided in the same moment. */
export function createBatch(
  wanted: Pick<Wanted, "blocksAt" | "quarantineOf">,
  before: readonly Countermeasure[] = [],
): Batch {
  const seen = new Map(before.map((one) => [one.id, one]))
  const decided = new Map<string, Countermeasure>()
  const made = { blocks: 0, quarantines: 0 }
  return {
    blocksAt: (place) => {
      const key = placeInWords(place)
      const here = [...seen.values()].filter(holdsBack).filter((one) => placeInWords(one) === key)
      return [...wanted.blocksAt(place).filter(({ id }) => !seen.has(id)), ...here]
    },
    quarantineOf: (node, action) =>
      [...seen.values()].find(
        (one): one is QuarantineCountermeasure => !holdsBack(one) && one.node.id === node && one.action === action,
      ) ?? wanted.quarantineOf(node, action),
    decide: (countermeasure, isNew) => {
      seen.set(countermeasure.id, countermeasure)
      decided.set(countermeasure.id, countermeasure)
      if (isNew) made[holdsBack(countermeasure) ? "blocks" : "quarantines"]++
    },
    countermeasures: () => [...decided.values()],
    made,
    incidents: new Map(),
    notes: new Map(),
  }
}
