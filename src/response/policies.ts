import {
  type Alert,
  type AlertId,
  compareSeverity,
  type Incident,
  type IpAddress,
  type Millis,
  type NetworkPolicy,
  networkPolicy,
  policyId,
  type Severity,
} from "../core/index.ts"
import { createCounts } from "./counts.ts"

/** What made a policy speak. */
export interface Trigger {
  readonly policy: NetworkPolicy
  readonly attacker: IpAddress
  readonly severity: Severity
  readonly incident: Incident | null
  /** What was counted, where the policy looks at alerts. */
  readonly alerts: readonly AlertId[]
}

interface Seen<Id extends string> {
  readonly id: Id
  readonly at: Millis
}

export interface PolicyWatch {
  /** The policies that these alerts and incidents fulfil, one trigger for each policy and attacker, in the order of the policies. */
  look(policies: readonly NetworkPolicy[], alerts: readonly Alert[], incidents: readonly Incident[]): readonly Trigger[]
}

/** Seeded at the first start. */
export const defaultPolicies: readonly NetworkPolicy[] = [
  networkPolicy.parse({
    id: policyId.parse("thwart/contain-chain"),
    name: "Contain an attack chain",
    enabled: true,
    mode: "automatic",
    on: { kind: "incident", rule: null, minStages: 3 },
    severity: "high",
    count: 1,
    windowMs: 600_000,
    blockMs: 3_600_000,
    enforcers: [],
  }),
]

export function createPolicyWatch(): PolicyWatch {
  const counts = createCounts()

  /** The ids that count for this attacker now, when they are enough. */
  const counted = <Id extends string>(policy: NetworkPolicy, attacker: IpAddress, seen: readonly Seen<Id>[]) => {
    if (policy.count === 1) return seen.map(({ id }) => id)
    const key = `${policy.id}\n${attacker}`
    for (const one of seen) counts.add(key, one, policy)
    // The ids under the key of one policy are of the one kind that it looks at, so the cast holds.
    return counts.reached(key, policy) as readonly Id[] | undefined
  }

  const lookAtIncidents = (policy: NetworkPolicy, incidents: readonly Incident[]) =>
    incidents.flatMap((incident): readonly Trigger[] => {
      const { attacker, id, updatedAt: at, severity } = incident
      if (!wantsIncident(policy, incident) || counted(policy, attacker, [{ id, at }]) === undefined) return []
      return [{ policy, attacker, severity, incident, alerts: [] }]
    })

  const lookAtAlerts = (policy: NetworkPolicy, alerts: readonly Alert[]) => {
    const byAttacker = Map.groupBy(
      alerts.filter((alert) => wantsAlert(policy, alert)),
      ({ attacker }) => attacker,
    )
    return [...byAttacker].flatMap(([attacker, seen]): readonly Trigger[] => {
      const ids = counted(policy, attacker, seen)
      if (ids === undefined) return []
      const severity = seen.map((alert) => alert.severity).reduce(graver)
      return [{ policy, attacker, severity, incident: null, alerts: ids }]
    })
  }

  return {
    look: (policies, alerts, incidents) =>
      policies
        .filter(({ enabled }) => enabled)
        .flatMap((policy) =>
          policy.on.kind === "incident" ? lookAtIncidents(policy, incidents) : lookAtAlerts(policy, alerts),
        ),
  }
}

function wantsIncident({ on, severity }: NetworkPolicy, incident: Incident): boolean {
  return (
    on.kind === "incident" &&
    (incident.status === "open" || incident.status === "contained") &&
    (on.rule === null || on.rule === incident.rule) &&
    incident.stages.length >= on.minStages &&
    compareSeverity(incident.severity, severity) >= 0
  )
}

function wantsAlert({ on, severity }: NetworkPolicy, alert: Alert): boolean {
  return (
    on.kind === "alert" &&
    !alert.masked &&
    compareSeverity(alert.severity, severity) >= 0 &&
    (on.intents.length === 0 || on.intents.includes(alert.intent)) &&
    (on.classtypes.length === 0 || on.classtypes.includes(alert.classtype)) &&
    (on.tactics.length === 0 || (alert.tactic !== null && on.tactics.includes(alert.tactic))) &&
    (on.techniques.length === 0 || (alert.technique !== null && on.techniques.includes(alert.technique)))
  )
}

function graver(one: Severity, other: Severity): Severity {
  return compareSeverity(one, other) < 0 ? other : one
}
