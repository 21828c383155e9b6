import type { Incident, IncidentStatus, Notice, NoticeKind } from "../core/index.ts"
import { capitalised, count, nodesInWords, shownText, shownTitle, shownValue } from "./notice-text.ts"

/** What of an incident decides whether there is something to tell. */
export interface IncidentMark {
  readonly version: number
  readonly status: IncidentStatus
  readonly stages: number
}

export function markOf({ version, status, stages }: Incident): IncidentMark {
  return { version, status, stages: stages.length }
}

/** What has to be told of an incident that was as marked; undefined before: nobody knew of it. */
export function incidentNotices(incident: Incident, before: IncidentMark | undefined): readonly Notice[] {
  return kindsOf(markOf(incident), before).map((kind) => ({
    kind,
    at: incident.updatedAt,
    severity: incident.severity,
    follows: null,
    subject: incident.id,
    title: shownTitle(`${capitalised(incident.severity)} incident ${verbs[kind]}: ${incident.title}`),
    text: shownText(sentenceOf(kind, incident)),
    facts: factsOf(incident),
    path: `/incidents/${incident.id}`,
  }))
}

type Kind = Extract<NoticeKind, `incident-${string}`>

const verbs: Readonly<Record<Kind, string>> = {
  "incident-opened": "opened",
  "incident-grown": "grew",
  "incident-contained": "contained",
  "incident-reopened": "open again",
  "incident-closed": "closed",
}

const isOver = (status: IncidentStatus) => status === "closed" || status === "false-positive"

function kindsOf(now: IncidentMark, before: IncidentMark | undefined): readonly Kind[] {
  if (before === undefined)
    return [
      "incident-opened",
      ...(now.status === "contained" ? (["incident-contained"] as const) : []),
      ...(isOver(now.status) ? (["incident-closed"] as const) : []),
    ]
  if (now.version <= before.version) return []
  const kinds: Kind[] = []
  if (now.stages > before.stages && !isOver(now.status)) kinds.push("incident-grown")
  if (now.status === before.status) return kinds
  if (now.status === "contained") kinds.push("incident-contained")
  else if (now.status === "open") kinds.push("incident-reopened")
  else if (!isOver(before.status)) kinds.push("incident-closed")
  return kinds
}

function sentenceOf(kind: Kind, incident: Incident): string {
  const { attacker, nodes, stages, stagesTotal, status } = incident
  const where = nodes.length === 0 ? "" : ` on ${nodesInWords(nodes)}`
  const last = stages.at(-1)
  const reached = last === undefined ? "was seen" : `reached the stage "${last.name}"`
  const progress = `${stages.length} of ${count(stagesTotal, "stage")} ${stages.length === 1 ? "is" : "are"} seen.`
  switch (kind) {
    case "incident-opened":
    case "incident-grown":
      return `${attacker} ${reached}${where}; ${progress}${last === undefined ? "" : ` ${last.because}`}`
    case "incident-contained":
      return `What was decided against ${attacker} is in force; ${progress}`
    case "incident-reopened":
      return `Nothing contains ${attacker} any longer${where}; ${progress}`
    case "incident-closed":
      return status === "false-positive"
        ? `The incident with ${attacker}${where} was called a false positive.`
        : `The incident with ${attacker}${where} was closed.`
  }
}

function factsOf({ id, severity, attacker, nodes, stages, status }: Incident): Notice["facts"] {
  return [
    { name: "Severity", value: severity },
    { name: "Status", value: status },
    { name: "Attacker", value: attacker },
    { name: "Nodes", value: shownValue(nodesInWords(nodes)) },
    { name: "Stages", value: shownValue(stages.map(({ name }) => name).join(" → ")) },
    { name: "Incident", value: id },
  ].filter(({ value }) => value !== "")
}
