import type { IncidentDetail } from "../../../../src/api/contract/index.ts"

export interface SeenTechnique {
  /** Null: the rules that saw it name none. */
  readonly id: string | null
  readonly count: number
  /** The stages of the incident that it was seen in. */
  readonly stages: readonly number[]
}

/** The techniques of an incident by tactic; what a stage only counts is as the stage says. */
export function seenTechniques({
  incident,
  alerts,
}: Pick<IncidentDetail, "incident" | "alerts">): ReadonlyMap<string, readonly SeenTechnique[]> {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]))
  const tactics = new Map<string, Map<string | null, { count: number; stages: Set<number> }>>()
  const add = (of: { readonly tactic: string | null; readonly technique: string | null }, stage: number, many = 1) => {
    if (of.tactic === null || many === 0) return
    const row = tactics.get(of.tactic) ?? new Map()
    tactics.set(of.tactic, row)
    const known = row.get(of.technique) ?? { count: 0, stages: new Set<number>() }
    known.stages.add(stage)
    row.set(of.technique, { count: known.count + many, stages: known.stages })
  }
  for (const stage of incident.stages) {
    const known = stage.alerts.flatMap((id) => byId.get(id) ?? [])
    for (const alert of known) add(alert, stage.index)
    add(stage, stage.index, stage.count - known.length)
  }
  return new Map(
    [...tactics].map(([tactic, row]) => [
      tactic,
      [...row]
        .map(([id, { count, stages }]) => ({ id, count, stages: [...stages].sort((one, other) => one - other) }))
        .sort((one, other) => other.count - one.count),
    ]),
  )
}
