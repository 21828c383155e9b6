import type { IncidentDetail } from "../../../../src/api/contract/index.ts"
import { detailOf, targetOf } from "../countermeasures/target.ts"

type Detail = Pick<IncidentDetail, "incident" | "alerts" | "countermeasures">
type Stage = IncidentDetail["incident"]["stages"][number]

/** What an incident's graph is made of: lanes are rows, steps in time are columns. */
export interface KillChainLayout {
  /** The attacker first, then the nodes in the order in which they were reached. */
  readonly lanes: readonly Lane[]
  readonly steps: readonly Step[]
  readonly cuts: readonly Cut[]
  readonly links: readonly Link[]
  readonly columns: number
  /** Nodes and countermeasures that are not drawn. */
  readonly hidden: { readonly nodes: number; readonly cuts: number }
}

export interface Lane {
  readonly id: string
  readonly kind: "attacker" | "node"
  readonly name: string
  readonly detail: string
}

export interface Step {
  readonly id: string
  readonly lane: number
  readonly column: number
  readonly stage: Stage
  /** On this node. */
  readonly count: number
  readonly firstAt: number
}

export interface Cut {
  readonly id: string
  readonly column: number
  readonly lane: number
  readonly text: string
  readonly proof: string
  readonly state: "holds" | "waits" | "ended"
  readonly at: number
}

export interface Link {
  readonly from: string
  readonly to: string
  readonly isCut: boolean
}

// What fits on a screen and is drawn at once; an attack on more is told by its stages and evidence.
const maxNodeLanes = 8
const maxCuts = 6

export function killChainLayout({ incident, alerts, countermeasures }: Detail): KillChainLayout {
  const stages = incident.stages.toSorted((one, other) => one.firstAt - other.firstAt || one.index - other.index)
  const shown = incident.nodes.slice(0, maxNodeLanes)
  const rows = new Map(shown.map(({ id }, index) => [id, index + 1]))
  const byId = new Map(alerts.map((alert) => [alert.id, alert]))
  const made = countermeasures.toSorted((one, other) => one.createdAt - other.createdAt)
  const cutsBefore = (stage: number) => {
    const next = stages[stage]?.firstAt ?? Number.POSITIVE_INFINITY
    return made.slice(0, maxCuts).filter(({ createdAt }) => createdAt < next).length
  }
  const steps = stages.flatMap((stage, index) => {
    const column = index + cutsBefore(index)
    return stepsOf(stage, byId, rows).map((step) => ({ ...step, id: `${stage.index} ${step.lane}`, column, stage }))
  })
  const cuts = made.slice(0, maxCuts).map((one, index): Cut => {
    const before = stages.filter(({ firstAt }) => firstAt <= one.createdAt).length
    return { ...cutOf(one, rows), column: before + index, at: one.createdAt }
  })
  return {
    lanes: [
      { id: "attacker", kind: "attacker", name: incident.attacker, detail: "attacker" },
      ...shown.map(({ id, kind, name }) => ({ id, kind: "node" as const, name, detail: kind })),
    ],
    steps,
    cuts,
    links: linksOf(steps, cuts),
    columns: stages.length + cuts.length,
    hidden: { nodes: incident.nodes.length - shown.length, cuts: countermeasures.length - cuts.length },
  }
}

/** On each node that is drawn, as many as are known to be there; what is only counted is on the first. */
function stepsOf(
  stage: Stage,
  alerts: ReadonlyMap<string, IncidentDetail["alerts"][number]>,
  rows: ReadonlyMap<string, number>,
) {
  const lanes = new Map<number, { count: number; firstAt: number }>()
  let known = 0
  for (const id of stage.alerts) {
    const alert = alerts.get(id)
    const lane = rows.get(alert?.node.id ?? "")
    if (alert === undefined || lane === undefined) continue
    known++
    const at = lanes.get(lane) ?? { count: 0, firstAt: alert.at }
    lanes.set(lane, { count: at.count + 1, firstAt: Math.min(at.firstAt, alert.at) })
  }
  const [first = 1, ...others] = lanes.keys()
  const { count, firstAt } = lanes.get(first) ?? { count: 0, firstAt: stage.firstAt }
  const rest = stage.count - known
  return [
    { lane: first, count: count + rest, firstAt },
    ...others.map((lane) => ({ lane, ...(lanes.get(lane) ?? { count: 0, firstAt: stage.firstAt }) })),
  ]
}

function cutOf(of: Detail["countermeasures"][number], rows: ReadonlyMap<string, number>): Omit<Cut, "column" | "at"> {
  const applied = of.reports.filter(({ state }) => state === "applied").map(({ enforcer }) => enforcer)
  const isOver = of.endReason !== null
  return {
    id: of.id,
    lane: "node" in of ? (rows.get(of.node.id) ?? 0) : 0,
    text: `${detailOf(of) ?? "block"} ${targetOf(of)}`,
    proof: isOver
      ? `ended: ${of.endReason?.replace("-", " ")}`
      : applied.length > 0
        ? `proved by ${applied.join(", ")}`
        : (of.reports[0]?.state.replace("-", " ") ?? "no enforcer runs"),
    state: isOver ? "ended" : applied.length > 0 ? "holds" : "waits",
  }
}

/** From stage to stage, each from the step of the stage before that is nearest; then to what cuts it. */
function linksOf(steps: readonly Step[], cuts: readonly Cut[]): readonly Link[] {
  const columns = [...new Set(steps.map(({ column }) => column))].sort((one, other) => one - other)
  const links = steps.map((step): Link => {
    const before = columns[columns.indexOf(step.column) - 1]
    const nearest = steps
      .filter(({ column }) => column === before)
      .toSorted((one, other) => Math.abs(one.lane - step.lane) - Math.abs(other.lane - step.lane))[0]
    return { from: nearest?.id ?? "attacker", to: step.id, isCut: false }
  })
  const cutLinks = cuts.flatMap((cut): readonly Link[] => {
    const last = steps.findLast(({ column }) => column < cut.column)
    return last === undefined ? [] : [{ from: last.id, to: cut.id, isCut: true }]
  })
  return [...links, ...cutLinks]
}
