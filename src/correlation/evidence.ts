import { type AlertId, type IpAddress, isUnspecified, type Millis, type NodeRef } from "../core/index.ts"
import type { Sighting } from "./sighting.ts"

/** What is told of the alerts of one stage. */
export interface Evidence {
  firstAt: Millis
  lastAt: Millis
  count: number
  /** The highest of one alert. */
  score: number
  /** The first that is known. */
  attacker: IpAddress
  readonly intent: Sighting["intent"]
  readonly tactic: Sighting["tactic"]
  readonly technique: Sighting["technique"]
  /** The first of them. */
  readonly alerts: AlertId[]
  /** Different ones, the first of them. */
  readonly titles: string[]
  readonly nodes: NodeRef[]
}

// What an incident shows of a stage. Before it is one, a source keeps fewer: there may be a hundred thousand of them.
const maxAlerts = 100
const maxAlertsUnopened = 16
const maxTitles = 3
const maxNodes = 100

export function evidenceOf({ id, at, score, attacker, intent, tactic, technique, title, node }: Sighting): Evidence {
  return {
    ...{ firstAt: at, lastAt: at, count: 1, score, attacker, intent, tactic, technique },
    ...{ alerts: [id], titles: [title], nodes: [node] },
  }
}

export function addTitle({ titles }: Evidence, { title }: Sighting): void {
  if (titles.length < maxTitles && !titles.includes(title)) titles.push(title)
}

/** Adds what is no title. */
export function addEvidence(evidence: Evidence, { id, at, score, attacker, node }: Sighting, isOpened: boolean): void {
  const { alerts, nodes } = evidence
  evidence.lastAt = Math.max(evidence.lastAt, at)
  evidence.count++
  evidence.score = Math.max(evidence.score, score)
  if (isUnspecified(evidence.attacker)) evidence.attacker = attacker
  if (alerts.length < (isOpened ? maxAlerts : maxAlertsUnopened)) alerts.push(id)
  if (nodes.length < maxNodes && !nodes.some((known) => known.id === node.id)) nodes.push(node)
}

export function copyOfEvidence({ alerts, titles, nodes }: Evidence): Pick<Evidence, "alerts" | "titles" | "nodes"> {
  return { alerts: [...alerts], titles: [...titles], nodes: [...nodes] }
}
