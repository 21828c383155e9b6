import {
  compareSeverity,
  type IpAddress,
  type Millis,
  type NodeRef,
  type PolicyId,
  type Proposal,
  type ProposalId,
  prefix,
  type RecommendationHead,
} from "../../core/index.ts"
import { type Trigger, triggerSubject } from "../policies.ts"
import { reasonOf } from "../reason.ts"
import type { ResponderDeps } from "../services.ts"
import type { RecommendationBook } from "./book.ts"

/** What is proposed by one round of decisions; it holds once it is stored. */
export interface Proposed {
  readonly proposals: readonly Proposal[]
  readonly recommendations: readonly RecommendationHead[]
  /** Seen again. */
  readonly touched: readonly Proposal[]
  readonly notKept: readonly { readonly policy: PolicyId; readonly subject: string }[]
}

export interface Proposer {
  /** `held`: the guardrail that stands in the way; null: the policy asks. Undefined: there is no place for it. */
  propose(trigger: Trigger, held: string | null): { readonly proposal: Proposal; readonly isNew: boolean } | undefined
  proposed(): Proposed
}

export interface ProposalLimits {
  /** Pending for each policy. */
  readonly most: number
  /** How long after it was seen last somebody may decide. */
  readonly keepMs: Millis
}

// A thousand is what a person can still look through, and what the Guard kept. A day: the next shift still sees what the night
// proposed, and after that an address may be somebody else's.
export const defaultProposalLimits: ProposalLimits = { most: 1000, keepMs: 86_400_000 }

type Evidence = Proposal["reason"]["alerts"]

// Alerts that a proposal names, the newest.
const maxEvidence = 100
// As many as an incident names.
const maxNodes = 100

export function createProposer(
  { clock, ids, proposalLimits: { most, keepMs } = defaultProposalLimits }: ResponderDeps,
  book: RecommendationBook,
): Proposer {
  const proposals = new Map<string, Proposal>()
  const touched = new Map<ProposalId, Proposal>()
  const recommendations = new Map<PolicyId, RecommendationHead>()
  const added = new Map<PolicyId, number>()
  const notKept: { readonly policy: PolicyId; readonly subject: string }[] = []

  const begin = (trigger: Trigger, held: string | null): Proposal => {
    const { policy, severity, count, firstAt, sightings } = trigger
    const now = clock.now()
    return {
      ...wishedBy(trigger),
      id: ids.proposal(),
      policy: policy.id,
      state: "pending",
      severity,
      reason: reasonOf(trigger),
      held,
      source: onlySource(sightings.map(({ source }) => source)),
      node: onlyNode(sightings.flatMap(({ nodes }) => nodes)),
      count,
      threshold: policy.count,
      windowMs: policy.windowMs,
      firstAt,
      latestAt: latestOf(trigger, firstAt),
      createdAt: now,
      expiresAt: now + keepMs,
      outcome: null,
    }
  }
  const again = (known: Proposal, trigger: Trigger, held: string | null): Proposal => {
    const { severity, incident, count, sightings } = trigger
    const newer = reasonOf(trigger)
    const named = new Set<string>(known.reason.alerts)
    const fresh = incident === null ? sightings.filter(({ id }) => !named.has(id)).length : 0
    const { source, node } = known
    return {
      ...known,
      severity: compareSeverity(severity, known.severity) > 0 ? severity : known.severity,
      reason: {
        ...newer,
        nodes: unionOf(known.reason.nodes, newer.nodes),
        alerts: incident === null ? newestOf(known.reason.alerts, newer.alerts) : newer.alerts,
      },
      held,
      source: source && onlySource([source, ...sightings.map((one) => one.source)]),
      node: node && onlyNode([node, ...sightings.flatMap(({ nodes }) => nodes)]),
      count: Math.max(known.count + fresh, count),
      latestAt: latestOf(trigger, known.latestAt),
      expiresAt: clock.now() + keepMs,
    }
  }

  return {
    propose: (trigger, held) => {
      const policy = trigger.policy.id
      const subject = triggerSubject(trigger)
      const key = `${policy}\n${subject}`
      const made = proposals.get(key)
      if (made !== undefined) {
        const proposal = again(made, trigger, held)
        proposals.set(key, proposal)
        return { proposal, isNew: false }
      }
      const pending = book.pendingFor(policy, subject)
      if (pending !== undefined) {
        const proposal = again(touched.get(pending.id) ?? pending, trigger, held)
        touched.set(proposal.id, proposal)
        return { proposal, isNew: false }
      }
      const more = added.get(policy) ?? 0
      if (book.countOf(policy) + more >= most) {
        notKept.push({ policy, subject })
        return undefined
      }
      added.set(policy, more + 1)
      if (book.headOf(policy) === undefined && !recommendations.has(policy))
        recommendations.set(policy, { id: ids.recommendation(), policy, createdAt: clock.now(), notKept: 0 })
      const proposal = begin(trigger, held)
      proposals.set(key, proposal)
      return { proposal, isNew: true }
    },
    proposed: () => ({
      proposals: [...proposals.values()],
      recommendations: [...recommendations.values()],
      touched: [...touched.values()],
      notKept,
    }),
  }
}

function wishedBy(trigger: Trigger) {
  if (trigger.kind === "quarantine") return { action: trigger.policy.action, target: trigger.node }
  const { action, direction, rate } = trigger.policy
  // A policy that ignores proposes nothing.
  const wish = {
    action: action === "ignore" ? ("block" as const) : action,
    direction,
    target: prefix(trigger.attacker),
  }
  return rate === null ? wish : { ...wish, rate }
}

function newestOf(older: Evidence, newer: Evidence): Evidence {
  return [...new Set([...older, ...newer])].slice(-maxEvidence)
}

/** A scoped entry of the allowlist speaks for what happened on its nodes alone. */
function unionOf(older: readonly NodeRef[] = [], newer: readonly NodeRef[] = []): readonly NodeRef[] {
  return [...new Map([...older, ...newer].map((node) => [node.id, node])).values()].slice(0, maxNodes)
}

function latestOf({ sightings }: Trigger, known: Millis): Millis {
  return sightings.reduce((latest, { at }) => Math.max(latest, at), known)
}

function onlySource(sources: readonly IpAddress[]): IpAddress | null {
  const [first = null] = sources
  return sources.every((source) => source === first) ? first : null
}

function onlyNode(nodes: readonly NodeRef[]): NodeRef | null {
  const [first = null] = nodes
  return nodes.every(({ id }) => id === first?.id) ? first : null
}
