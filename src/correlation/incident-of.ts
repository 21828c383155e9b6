import { address, type Incident, isUnspecified, type NodeRef, roughDuration, type Stage } from "../core/index.ts"
import { incidentIdOf } from "./incident-id.ts"
import type { Join } from "./intent-rule.ts"
import type { Progress, Step } from "./progress.ts"
import { withCriteria } from "./sentence.ts"
import type { Track } from "./track.ts"

// Nodes that an incident names; an attack on more is told by its stages.
const maxNodes = 100

export interface Told {
  readonly incident: Incident
  /** The session (see Progress) that it belongs to. */
  readonly session: number
}

/** The incident as the track has it now, by its run: undefined when there is none, or nothing changed since it was told. */
export function incidentOf(
  track: Track,
  progress: Progress,
  run: readonly Step[],
  least: number = track.compiled.rule.opensAt,
): Told | undefined {
  const { rule } = track.compiled
  const first = run[0]
  if (first === undefined || run.length < least) return undefined
  // Two sessions can turn out to be one when an alert between them comes late: only one of them has a name by then (see `certainAt`).
  const known = progress.session <= track.session ? track.incident : undefined
  const attacker = run.find((step) => !isUnspecified(step.attacker))?.attacker ?? address("0.0.0.0")
  const stages = run.map((step, place) => stageOf(track, step, run[place - 1]))
  if (known !== undefined && isSame(known.stages, stages)) return undefined
  const incident: Incident = {
    id: known?.id ?? incidentIdOf(rule.id, track.key, { at: first.firstAt, alert: first.alerts[0] }),
    version: (known?.version ?? 0) + 1,
    rule: rule.id,
    title: rule.title,
    severity: rule.severities[Math.min(run.length - rule.opensAt, rule.severities.length - 1)] ?? "high",
    // One that fell short since alerts were masked, and has enough again, is open again.
    status: known === undefined || known.stages.length < rule.opensAt ? "open" : known.status,
    attacker,
    ...(track.key === attacker ? {} : { joinKey: track.key }),
    nodes: nodesOf(run),
    ...(known?.masked === undefined ? {} : { masked: known.masked }),
    stages,
    stagesTotal: rule.stages.length,
    complete: run.length === rule.stages.length,
    score: run.reduce((sum, { score }) => sum + score, 0),
    startedAt: first.firstAt,
    updatedAt: Math.max(known === undefined ? 0 : track.statusAt, ...run.map(({ lastAt }) => lastAt)),
  }
  return { incident, session: progress.session }
}

function stageOf(track: Track, step: Step, before: Step | undefined): Stage {
  const { stage: index, intent, tactic, technique, firstAt, lastAt, count, alerts } = step
  const name = track.compiled.rule.stages[index]?.name ?? `stage ${index + 1}`
  const because = becauseOf(track, step, before)
  return { index, name, intent, tactic, technique, firstAt, lastAt, count, alerts: [...alerts], because }
}

/** "12 alerts from 203.0.113.7 with intent exploitation, 42 seconds after scan began: SQL injection; Log4Shell". */
function becauseOf({ compiled }: Track, step: Step, before: Step | undefined): string {
  const { stages } = compiled.rule
  const filter = stages[step.stage]
  const many = step.count === 1 ? "1 alert" : `${step.count} alerts`
  const asked = filter === undefined ? "" : withCriteria(filter)
  const after =
    before === undefined
      ? ""
      : `, ${roughDuration(step.firstAt - before.firstAt)} after ${stages[before.stage]?.name ?? "the stage before"} began`
  const titles = step.titles.length === 0 ? "" : `: ${step.titles.join("; ")}`
  return `${many} ${whereOf(step, compiled.rule.join)}${asked}${after}${titles}`
}

function whereOf({ attacker, nodes: [node, ...others] }: Step, join: Join): string {
  const from = isUnspecified(attacker) ? "" : `from ${attacker}`
  if (join === "source" && from !== "") return from
  return `on ${node?.name ?? "a node"}${others.length === 0 ? "" : ` and ${others.length} more`}${from === "" ? "" : ` ${from}`}`
}

/** What is told of a stage is told of its alerts. */
function isSame(told: readonly Stage[], now: readonly Stage[]): boolean {
  return (
    told.length === now.length &&
    now.every((stage, place) => {
      const before = told[place]
      return (
        before?.index === stage.index &&
        before.count === stage.count &&
        before.firstAt === stage.firstAt &&
        before.lastAt === stage.lastAt &&
        before.alerts.length === stage.alerts.length &&
        before.alerts.every((id, index) => id === stage.alerts[index])
      )
    })
  )
}

function nodesOf(run: readonly Step[]): readonly NodeRef[] {
  const nodes = new Map<string, NodeRef>()
  for (const step of run) for (const node of step.nodes) if (nodes.size < maxNodes) nodes.set(node.id, node)
  return [...nodes.values()]
}
