import type {
  BlockCountermeasure,
  Cidr,
  Countermeasure,
  Direction,
  Incident,
  IncidentId,
  IncidentNotes,
  NodeId,
  QuarantineAction,
  QuarantineCountermeasure,
} from "../../core/index.ts"
import type { Wanted } from "../wanted.ts"

/** What is decided in one go and stored together: later steps see what earlier ones decided. */
export interface Batch {
  blocksOf(target: Cidr, direction: Direction): readonly BlockCountermeasure[]
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
  wanted: Pick<Wanted, "blocksOf" | "quarantineOf">,
  before: readonly Countermeasure[] = [],
): Batch {
  const seen = new Map(before.map((one) => [one.id, one]))
  const decided = new Map<string, Countermeasure>()
  const made = { blocks: 0, quarantines: 0 }
  return {
    blocksOf: (target, direction) => {
      const here = [...seen.values()].filter(
        (one): one is BlockCountermeasure =>
          one.action === "block" && one.target === target && one.direction === direction,
      )
      return [...wanted.blocksOf(target, direction).filter(({ id }) => !seen.has(id)), ...here]
    },
    quarantineOf: (node, action) =>
      [...seen.values()].find(
        (one): one is QuarantineCountermeasure =>
          one.action !== "block" && one.node.id === node && one.action === action,
      ) ?? wanted.quarantineOf(node, action),
    decide: (countermeasure, isNew) => {
      seen.set(countermeasure.id, countermeasure)
      decided.set(countermeasure.id, countermeasure)
      if (isNew) made[countermeasure.action === "block" ? "blocks" : "quarantines"]++
    },
    countermeasures: () => [...decided.values()],
    made,
    incidents: new Map(),
    notes: new Map(),
  }
}
