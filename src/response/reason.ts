import type { Incident, Reason } from "../core/index.ts"
import { nodesSeen, type Trigger } from "./policies.ts"
import { policySentence } from "./sentence.ts"

// Alerts that a countermeasure names; the incident has more.
const maxEvidence = 100
// As many as an incident names.
const maxNodes = 100

/** Why a policy did what it did, with the alerts behind it. */
export function reasonOf(trigger: Trigger): Reason {
  const { policy, incident, alerts } = trigger
  return {
    by: `policy:${policy.id}`,
    text: `${policy.name}: ${policySentence(policy)}`,
    policy: policy.id,
    incident: incident?.id ?? null,
    nodes: nodesSeen(trigger).slice(0, maxNodes),
    alerts: incident === null ? alerts.slice(-maxEvidence) : evidenceOf(incident),
  }
}

/** The first of every stage, so that no stage fills the list alone. */
function evidenceOf({ stages }: Incident): Reason["alerts"] {
  const each = Math.max(1, Math.floor(maxEvidence / Math.max(1, stages.length)))
  return stages.flatMap((stage) => stage.alerts.slice(0, each))
}
