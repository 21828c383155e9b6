import {
  type Alert,
  compareSeverity,
  type Incident,
  type Millis,
  type Playbook,
  type Policy,
} from "../../core/index.ts"
import { nodeSubject, type Trigger } from "../policies.ts"
import type { Occasion } from "./occasion.ts"

/** What came in, and which policies have seen enough of it. */
export interface Seen {
  readonly alerts: readonly Alert[]
  readonly incidents: readonly Incident[]
  readonly triggers: readonly Trigger[]
  readonly now: Millis
}

/** What sets this playbook off, apart from its condition. */
export function occasionsOf({ on, severity }: Playbook, seen: Seen): readonly Occasion[] {
  const graveEnough = (occasion: Occasion) => compareSeverity(occasion.severity, severity) >= 0
  switch (on.kind) {
    case "alert":
      return seen.alerts
        .filter(({ masked, contributions }) => !masked && contributions.some(({ rule }) => rule === on.rule))
        .map((alert) => ofAlert(alert, incidentOf(alert, seen.incidents)))
        .filter(graveEnough)
    case "policy":
      return seen.triggers
        .filter(({ policy }) => policy.id === on.policy)
        .map((trigger) => ofTrigger(trigger, seen.now))
        .filter(graveEnough)
    case "incident":
      return seen.incidents
        .filter(
          ({ status, rule, stages }) =>
            (status === "open" || status === "contained") &&
            (on.rule === null || on.rule === rule) &&
            stages.length >= on.minStages,
        )
        .map(ofIncident)
        .filter(graveEnough)
  }
}

export function ofAlert(alert: Alert, incident: Incident | null): Occasion {
  const { severity, at, attacker, node } = alert
  return { kind: "alert", severity, at, attacker, nodes: [node], incident, alert, policy: null, alerts: [alert.id] }
}

export function ofIncident(incident: Incident): Occasion {
  const { severity, updatedAt: at, attacker, nodes } = incident
  return { kind: "incident", severity, at, attacker, nodes, incident, alert: null, policy: null, alerts: [] }
}

function ofTrigger(trigger: Trigger, now: Millis): Occasion {
  const { policy, severity, incident, alerts } = trigger
  const at = incident?.updatedAt ?? now
  const who =
    trigger.kind === "network"
      ? { attacker: trigger.attacker, nodes: incident?.nodes ?? [] }
      : { attacker: null, nodes: [trigger.node] }
  return { kind: "policy", severity, at, ...who, incident, alert: null, policy, alerts }
}

/** As `ofTrigger`, for a policy that is asked about an alert or incident by hand. */
export function ofPolicy(policy: Policy, evidence: Occasion): Occasion {
  const who = policy.kind === "quarantine" ? { attacker: null, nodes: evidence.nodes.slice(0, 1) } : {}
  return { ...evidence, kind: "policy", alert: null, policy, ...who }
}

function incidentOf({ id }: Alert, incidents: readonly Incident[]): Incident | null {
  return incidents.find(({ stages }) => stages.some(({ alerts }) => alerts.includes(id))) ?? null
}

/** Whom it is about: evidence on the same belongs to one run. */
export function subjectOf({ kind, attacker, nodes: [node], incident, policy }: Occasion): string {
  if (kind === "incident") return `incident:${incident?.id}`
  const about = [
    attacker === null ? undefined : `address:${attacker}`,
    node === undefined || (kind === "policy" && attacker !== null) ? undefined : nodeSubject(node),
  ]
  const by =
    kind === "policy" ? [`policy:${policy?.id}`, incident === null ? undefined : `incident:${incident.id}`] : []
  return [...by, ...about].filter((part) => part !== undefined).join(" ")
}

/** What the run is because of, and may happen once. */
export function evidenceOf({ kind, incident, alerts, policy, attacker, nodes: [node] }: Occasion): string {
  const of = incident !== null && kind !== "alert" ? incident.id : (alerts.at(-1) ?? "nothing")
  return [kind, policy?.id ?? "", attacker ?? node?.id ?? "", of].join("\n")
}
