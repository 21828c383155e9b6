import {
  type Alert,
  type AlertId,
  compareSeverity,
  type Incident,
  type IpAddress,
  isUnspecified,
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
import { isInScope, type TagsOf } from "./scope.ts"
import { stanceOf } from "./stance.ts"

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
  /** How many counted, and since when. */
  readonly count: number
  readonly firstAt: Millis
  /** What was new this time. */
  readonly sightings: readonly Sighting[]
}

export interface Sighting {
  readonly id: string
  readonly at: Millis
  readonly source: IpAddress
  readonly nodes: readonly NodeRef[]
}

interface Seen<Id extends string> {
  readonly id: Id
  readonly at: Millis
}

export interface PolicyWatch {
  /** A masked alert counts for none of them any more. */
  forget(policies: readonly Policy[], alert: Alert): void
  /** Whether an incident is, or still is, one that the policy counts. */
  wants(policy: Policy, incident: Incident): boolean
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

export function createPolicyWatch(tagsOf: TagsOf = () => []): PolicyWatch {
  const counts = createCounts()

  /** What counts for this address or node now, when it is enough. */
  const counted = <Id extends string>(policy: Policy, subject: string, seen: readonly Seen<Id>[]) => {
    if (policy.count === 1) return { ids: seen.map(({ id }) => id), oldestAt: Math.min(...seen.map(({ at }) => at)) }
    const key = `${policy.id}\n${subject}`
    for (const one of seen) counts.add(key, one, policy)
    const reached = counts.reached(key, policy)
    // The ids under the key of one policy are of the one kind that it looks at, so the cast holds.
    return reached && { ids: reached as readonly Id[], oldestAt: counts.oldestAt(key, policy) }
  }

  const lookAtIncidents = (policy: Policy, incidents: readonly Incident[]) =>
    incidents.flatMap((incident): readonly Trigger[] => {
      if (!wantsIncident(policy, incident)) return []
      const { id, updatedAt: at, severity, attacker: source, startedAt } = incident
      const nodes = incident.nodes.filter((node) => isInScope(policy, node, tagsOf))
      if (nodes.length === 0 && incident.nodes.length > 0) return []
      return subjectsOf(policy, { attackers: [source], nodes }).flatMap((subject) => {
        const enough = counted(policy, subject.key, [{ id, at }])
        if (enough === undefined) return []
        const [count, firstAt] = [enough.ids.length, Math.min(startedAt, enough.oldestAt)]
        const sightings = [{ id, at, source, nodes }]
        return [subject.trigger({ severity, incident, alerts: [], count, firstAt, sightings })]
      })
    })

  const lookAtAlerts = (policy: Policy, alerts: readonly Alert[]) => {
    const seen = new Map<string, { readonly subject: Subject; readonly alerts: Alert[] }>()
    for (const alert of alerts) {
      if (!wantsAlert(policy, alert) || !isInScope(policy, alert.node, tagsOf)) continue
      for (const subject of subjectsOf(policy, { attackers: attackersOf(policy, alert), nodes: [alert.node] })) {
        const known = seen.get(subject.key)
        if (known === undefined) seen.set(subject.key, { subject, alerts: [alert] })
        else known.alerts.push(alert)
      }
    }
    return [...seen.values()].flatMap(({ subject, alerts: these }): readonly Trigger[] => {
      const enough = counted(policy, subject.key, these)
      if (enough === undefined) return []
      const { ids, oldestAt } = enough
      const severity = these.map((alert) => alert.severity).reduce(graver)
      const sightings = these.map(({ id, at, attacker: source, node }) => ({ id, at, source, nodes: [node] }))
      return [
        subject.trigger({ severity, incident: null, alerts: ids, count: ids.length, firstAt: oldestAt, sightings }),
      ]
    })
  }

  const lookAt = (policies: readonly Policy[], alerts: readonly Alert[], incidents: readonly Incident[]) =>
    policies.flatMap((policy) =>
      policy.on.kind === "incident" ? lookAtIncidents(policy, incidents) : lookAtAlerts(policy, alerts),
    )
  /** What fulfils a policy that ignores is hidden from the network policies; quarantine looks at nodes, and goes on. */
  const withoutIgnored = (ignoring: readonly Trigger[], alerts: readonly Alert[], incidents: readonly Incident[]) => {
    if (ignoring.length === 0) return { alerts, incidents }
    const hidden = new Set<string>(ignoring.map(({ incident }) => incident?.id ?? ""))
    const bySubject = Map.groupBy(ignoring, triggerSubject)
    const isIgnored = (alert: Alert) =>
      bySubject
        .get(`address:${alert.attacker}`)
        ?.some(({ policy }) => wantsAlert(policy, alert) && isInScope(policy, alert.node, tagsOf)) ?? false
    return {
      alerts: alerts.filter((alert) => !isIgnored(alert)),
      incidents: incidents.filter(({ id }) => !hidden.has(id)),
    }
  }

  return {
    wants: wantsIncident,
    forget: (policies, alert) => {
      for (const policy of policies)
        for (const { key } of subjectsOf(policy, { attackers: attackersOf(policy, alert), nodes: [alert.node] }))
          counts.remove(`${policy.id}\n${key}`, alert.id)
    },
    look: (policies, alerts, incidents) => {
      const enabled = policies.filter((policy) => policy.enabled)
      const ignores = lookAt(enabled.filter(isIgnoring), alerts, incidents)
      const left = withoutIgnored(ignores, alerts, incidents)
      const acting = enabled.filter((policy) => !isIgnoring(policy))
      return [
        ...ignores,
        ...acting.flatMap((policy) =>
          policy.kind === "quarantine"
            ? lookAt([policy], alerts, incidents)
            : lookAt([policy], left.alerts, left.incidents),
        ),
      ]
    },
  }
}

function isIgnoring(policy: Policy): boolean {
  return policy.kind !== "quarantine" && policy.action === "ignore" && stanceOf(policy) === "act"
}

/** What is refused outwards is what the node opened a connection to, where that is another than whom to blame. */
function attackersOf(policy: Policy, { attacker, direction, destination }: Alert): readonly IpAddress[] {
  if (policy.kind === "quarantine" || policy.direction === "inbound") return [attacker]
  const farEnd = direction === "outbound" && !isUnspecified(destination.address) ? destination.address : attacker
  return policy.direction === "outbound" ? [farEnd] : [...new Set([attacker, farEnd])]
}

/** Whom or what a policy counts for and acts on. */
interface Subject {
  readonly key: string
  readonly trigger: (cause: Cause) => Trigger
}

function subjectsOf(
  policy: Policy,
  { attackers, nodes }: { readonly attackers: readonly IpAddress[]; readonly nodes: readonly NodeRef[] },
): readonly Subject[] {
  if (policy.kind !== "quarantine")
    return attackers.map((attacker) => ({
      key: attacker,
      trigger: (cause) => ({ kind: "network", policy, attacker, ...cause }),
    }))
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

/** Where it happened. */
export function nodesSeen({ sightings }: Pick<Cause, "sightings">): readonly NodeRef[] {
  return [...new Map(sightings.flatMap(({ nodes }) => nodes).map((node) => [node.id, node])).values()]
}

function wantsIncident({ on, severity }: Policy, incident: Incident): boolean {
  return (
    on.kind === "incident" &&
    (incident.status === "open" || incident.status === "contained") &&
    (on.rule === null || on.rule === incident.rule) &&
    incident.stages.length >= on.minStages &&
    hasOne(on.intents, ({ intent }) => intent, incident) &&
    hasOne(on.tactics, ({ tactic }) => tactic, incident) &&
    hasOne(on.techniques, ({ technique }) => technique, incident) &&
    compareSeverity(incident.severity, severity) >= 0
  )
}

function hasOne<T>(
  wanted: readonly T[] | undefined,
  of: (stage: Incident["stages"][number]) => T | null,
  { stages }: Incident,
): boolean {
  if (wanted === undefined || wanted.length === 0) return true
  return stages.some((stage) => {
    const has = of(stage)
    return has !== null && wanted.includes(has)
  })
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

function graver(one: Severity, other: Severity): Severity {
  return compareSeverity(one, other) < 0 ? other : one
}
