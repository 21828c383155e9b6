import {
  type Clock,
  isAddressProposal,
  type Millis,
  type PolicyId,
  type Proposal,
  type ProposalId,
  type Recommendation,
  type RecommendationHead,
  type RecommendationId,
} from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import { summaryOf } from "./summary.ts"

/** The pending proposals and what stands above them: what the store holds, in memory, with the newest counts. */
export interface RecommendationBook {
  /** What is pending for this policy about this address or node. */
  pendingFor(policy: PolicyId, subject: string): Proposal | undefined
  countOf(policy: PolicyId): number
  /** Oldest first. */
  pendingOf(policy: PolicyId): readonly Proposal[]
  pending(): readonly Proposal[]
  headOf(policy: PolicyId): RecommendationHead | undefined
  byId(id: RecommendationId): RecommendationHead | undefined
  summary(policy: PolicyId): Recommendation | undefined
  summaries(): readonly Recommendation[]
  /** Takes in what was stored. Gives the policies whose recommendation looks different now. */
  take(changes: Pick<Changes, "proposals" | "recommendations">): readonly RecommendationHead[]
  /** Seen again: kept here, and given to be stored by `unstored` after a while. */
  touch(proposal: Proposal): void
  /** One more beyond the limit, unless it was counted already. */
  notKept(policy: PolicyId, subject: string): void
  /** What changed here alone and was not stored for a while. */
  unstored(): Pick<Changes, "proposals" | "recommendations">
}

// A proposal that every alert touches is written that often at most; a crash loses so much of its count and latest time.
const restateMs: Millis = 10_000
// Addresses beyond the limit that are told apart; beyond this too, each sighting counts.
const maxToldApart = 10_000

interface Entry {
  readonly head: RecommendationHead
  readonly bySubject: Map<string, Proposal>
  readonly beyond: Set<string>
  isChanged: boolean
}

export function createRecommendationBook(clock: Clock): RecommendationBook {
  const entries = new Map<PolicyId, Entry>()
  const unstored = new Map<ProposalId, Proposal>()
  let lastStored: Millis = clock.now()

  const put = (proposal: Proposal) => {
    const pending = entries.get(proposal.policy)?.bySubject
    if (proposal.state === "pending") pending?.set(proposalSubject(proposal), proposal)
    else {
      unstored.delete(proposal.id)
      if (pending?.get(proposalSubject(proposal))?.id === proposal.id) pending.delete(proposalSubject(proposal))
    }
  }
  const setHead = (head: RecommendationHead) => {
    const known = entries.get(head.policy)
    const fresh = { bySubject: new Map<string, Proposal>(), beyond: new Set<string>(), isChanged: false }
    entries.set(head.policy, known === undefined ? { ...fresh, head } : { ...known, head })
  }
  const pendingOf = (policy: PolicyId) => [...(entries.get(policy)?.bySubject.values() ?? [])]
  const summary = (policy: PolicyId) => {
    const head = entries.get(policy)?.head
    return head && summaryOf(head, pendingOf(policy))
  }

  return {
    pendingFor: (policy, subject) => entries.get(policy)?.bySubject.get(subject),
    countOf: (policy) => entries.get(policy)?.bySubject.size ?? 0,
    pendingOf,
    pending: () => [...entries.keys()].flatMap(pendingOf),
    headOf: (policy) => entries.get(policy)?.head,
    byId: (id) => [...entries.values()].find(({ head }) => head.id === id)?.head,
    summary,
    summaries: () => [...entries.keys()].flatMap((policy) => summary(policy) ?? []),
    take: ({ proposals = [], recommendations = [] }) => {
      for (const head of recommendations) setHead(head)
      for (const proposal of proposals) put(proposal)
      const touched = new Set([...recommendations, ...proposals].map(({ policy }) => policy))
      return [...touched].flatMap((policy) => {
        const entry = entries.get(policy)
        if (entry === undefined) return []
        if (entry.bySubject.size === 0) entries.delete(policy)
        return [entry.head]
      })
    },
    touch: (proposal) => {
      put(proposal)
      unstored.set(proposal.id, proposal)
    },
    notKept: (policy, subject) => {
      const entry = entries.get(policy)
      if (entry === undefined || entry.beyond.has(subject)) return
      if (entry.beyond.size < maxToldApart) entry.beyond.add(subject)
      const head = { ...entry.head, notKept: entry.head.notKept + 1 }
      entries.set(policy, { ...entry, head, isChanged: true })
    },
    unstored: () => {
      const now = clock.now()
      if (Math.abs(now - lastStored) < restateMs) return {}
      lastStored = now
      const proposals = [...unstored.values()]
      unstored.clear()
      const changed = [...entries.values()].filter((entry) => entry.isChanged)
      for (const entry of changed) entry.isChanged = false
      return { proposals, recommendations: changed.map(({ head }) => head) }
    },
  }
}

/** `address:203.0.113.7` or `node:shop-web`, as triggers name it. */
export function proposalSubject(proposal: Proposal): string {
  return isAddressProposal(proposal) ? `address:${addressOf(proposal.target)}` : `node:${proposal.target.id}`
}

/** Policies propose to block single addresses, which stand before the length of their prefix. */
function addressOf(target: string): string {
  return target.slice(0, target.indexOf("/"))
}
