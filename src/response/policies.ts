import {
  type Alert,
  type AlertId,
  compareSeverity,
  type Incident,
  type IpAddress,
  type Millis,
  type NetworkPolicy,
  type NodeRef,
  networkPolicy,
  type Policy,
  policyId,
  type QuarantinePolicy,
  type Severity,
} from "../core/index.ts"
import { createCounts } from "./counts.ts"

/** What made a policy speak: about an address, or about a node. */
export type Trigger = NetworkTrigger | QuarantineTrigger

export interface NetworkTrigger extends Cause {
  readonly kind: "network"
  readonly policy: NetworkPolicy
  readonly attacker: IpAddress
}

export interface QuarantineTrigger extends Cause {
  readonly kind: "quarantine"
  readonly policy: QuarantinePolicy
  readonly node: NodeRef
}

export interface Cause {
  readonly severity: Severity
  readonly incident: Incident | null
  /** What was counted, where the policy looks at alerts. */
  readonly alerts: readonly AlertId[]
  /** Where it happened: the nodes of the incident, or of the alerts that filled the count. */
  readonly nodes: readonly NodeRef[]
}

interface Seen<Id extends string> {
  readonly id: Id
  readonly at: Millis
}

export interface PolicyWatch {
  /** The policies that these alerts and incidents fulfil, one trigger for each policy and attacker or node, in the order of the policies. */
  look(policies: readonly Policy[], alerts: readonly Alert[], incidents: readonly Incident[]): readonly Trigger[]
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

  /** The ids that count for this address or node now, when they are enough. */
  const counted = <Id extends string>(policy: Policy, subject: string, seen: readonly Seen<Id>[]) => {
    if (policy.count === 1) return seen.map(({ id }) => id)
    const key = `${policy.id}\n${subject}`
    for (const one of seen) counts.add(key, one, policy)
    // The ids under the key of one policy are of the one kind that it looks at, so the cast holds.
    return counts.reached(key, policy) as readonly Id[] | undefined
  }

  const lookAtIncidents = (policy: Policy, incidents: readonly Incident[]) =>
    incidents.flatMap((incident): readonly Trigger[] => {
      if (!wantsIncident(policy, incident)) return []
      const { id, updatedAt: at, severity } = incident
      const cause = { severity, incident, alerts: [], nodes: incident.nodes }
      return subjectsOf(policy, { attacker: incident.attacker, nodes: incident.nodes }).flatMap((subject) =>
        counted(policy, subject.key, [{ id, at }]) === undefined ? [] : [subject.trigger(cause)],
      )
    })

  const lookAtAlerts = (policy: Policy, alerts: readonly Alert[]) => {
    const seen = new Map<string, { readonly subject: Subject; readonly alerts: Alert[] }>()
    for (const alert of alerts) {
      if (!wantsAlert(policy, alert)) continue
      for (const subject of subjectsOf(policy, { attacker: alert.attacker, nodes: [alert.node] })) {
        const known = seen.get(subject.key)
        if (known === undefined) seen.set(subject.key, { subject, alerts: [alert] })
        else known.alerts.push(alert)
      }
    }
    return [...seen.values()].flatMap(({ subject, alerts: these }): readonly Trigger[] => {
      const ids = counted(policy, subject.key, these)
      if (ids === undefined) return []
      const severity = these.map((alert) => alert.severity).reduce(graver)
      return [subject.trigger({ severity, incident: null, alerts: ids, nodes: nodesOf(these) })]
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

/** Whom or what a policy counts for and acts on. */
interface Subject {
  readonly key: string
  readonly trigger: (cause: Cause) => Trigger
}

function subjectsOf(
  policy: Policy,
  { attacker, nodes }: { readonly attacker: IpAddress; readonly nodes: readonly NodeRef[] },
): readonly Subject[] {
  if (policy.kind !== "quarantine")
    return [{ key: attacker, trigger: (cause) => ({ kind: "network", policy, attacker, ...cause }) }]
  return nodes
    .filter(({ kind }) => kind === policy.nodeKind)
    .map((node) => ({
      key: nodeSubject(node),
      trigger: (cause) => ({ kind: "quarantine", policy, node, ...cause }),
    }))
}

/** `address:203.0.113.7` or `node:shop-web`, as the audit log names it. */
export function triggerSubject(trigger: Trigger): string {
  return trigger.kind === "network" ? `address:${trigger.attacker}` : nodeSubject(trigger.node)
}

export function nodeSubject({ id }: Pick<NodeRef, "id">): string {
  return `node:${id}`
}

function wantsIncident({ on, severity }: Policy, incident: Incident): boolean {
  return (
    on.kind === "incident" &&
    (incident.status === "open" || incident.status === "contained") &&
    (on.rule === null || on.rule === incident.rule) &&
    incident.stages.length >= on.minStages &&
    compareSeverity(incident.severity, severity) >= 0
  )
}

function wantsAlert({ on, severity }: Policy, alert: Alert): boolean {
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

function nodesOf(alerts: readonly Alert[]): readonly NodeRef[] {
  return [...new Map(alerts.map(({ node }) => [node.id, node])).values()]
}

function graver(one: Severity, other: Severity): Severity {
  return compareSeverity(one, other) < 0 ? other : one
}
