import {
  type Alert,
  compareSeverity,
  type Incident,
  type IpAddress,
  type Millis,
  type NetworkPolicy,
  networkPolicy,
  policyId,
} from "../core/index.ts"

/** What made a policy speak. */
export interface Trigger {
  readonly policy: NetworkPolicy
  readonly attacker: IpAddress
  readonly incident: Incident | null
  readonly alerts: readonly Alert[]
}

export interface PolicyWatch {
  /** The policies that these alerts and incidents fulfil, one trigger for each policy and attacker. */
  look(policies: readonly NetworkPolicy[], alerts: readonly Alert[], incidents: readonly Incident[]): readonly Trigger[]
}

// Attackers whose alerts are counted for a policy that wants more than one; the oldest are forgotten beyond.
const maxCounted = 100_000
// Times kept for one attacker: the largest count that a policy is likely to ask for; more would never be looked at.
const maxTimes = 10_000

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
  // `policy + attacker` → when it counted.
  const counted = new Map<string, { readonly id: string; readonly at: Millis }[]>()

  const reached = (policy: NetworkPolicy, attacker: IpAddress, id: string, at: Millis): boolean => {
    if (policy.count === 1) return true
    const key = `${policy.id}\n${attacker}`
    const entries = counted.get(key)?.filter((entry) => entry.at > at - policy.windowMs && entry.id !== id) ?? []
    entries.push({ id, at })
    counted.delete(key)
    counted.set(key, entries.slice(-maxTimes))
    if (counted.size > maxCounted) counted.delete(counted.keys().next().value ?? key)
    return entries.length >= policy.count
  }

  return {
    look: (policies, alerts, incidents) => {
      const triggers = new Map<string, Trigger>()
      for (const policy of policies) {
        if (!policy.enabled) continue
        for (const incident of incidents) {
          if (!wantsIncident(policy, incident) || !reached(policy, incident.attacker, incident.id, incident.updatedAt))
            continue
          triggers.set(`${policy.id}\n${incident.attacker}`, {
            policy,
            attacker: incident.attacker,
            incident,
            alerts: [],
          })
        }
        for (const alert of alerts) {
          if (!wantsAlert(policy, alert) || !reached(policy, alert.attacker, alert.id, alert.at)) continue
          const key = `${policy.id}\n${alert.attacker}`
          triggers.set(key, {
            policy,
            attacker: alert.attacker,
            incident: null,
            alerts: [...(triggers.get(key)?.alerts ?? []), alert].slice(-100),
          })
        }
      }
      return [...triggers.values()]
    },
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
