import type { PolicyId, Proposal, ProposalId, RecommendationId } from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"

type Recommended = Pick<Changes, "proposals" | "recommendations">

/** What waits for a decision, as it was stored: proposals that are seen again are written again, and are no news. */
export interface PendingProposals {
  /** Those of the changes that were not pending before, with the recommendation that they stand in. */
  news(changes: Recommended): Promise<readonly NewProposal[]>
  stored(changes: Recommended): void
}

export interface NewProposal {
  readonly proposal: Proposal
  readonly recommendation: RecommendationId | undefined
}

interface Known {
  recommendation: RecommendationId | undefined
  readonly pending: Set<ProposalId>
}

// As many as are kept pending for a policy; so the memory is a part of what the responder has of the same.
const maxPending = 1000

/** Reads what is pending for a policy once, when it is first heard of. */
export function createPendingProposals(store: Pick<Store, "proposals" | "recommendations">): PendingProposals {
  const policies = new Map<PolicyId, Known>()

  const knownOf = async (policy: PolicyId): Promise<Known> => {
    const known = policies.get(policy)
    if (known !== undefined) return known
    const [{ items }, heads] = await Promise.all([
      store.proposals({ policy, state: "pending", limit: maxPending }),
      store.recommendations(),
    ])
    const recommendation = heads.find((head) => head.policy === policy)?.id
    const read = { recommendation, pending: new Set(items.map(({ id }) => id)) }
    policies.set(policy, read)
    return read
  }

  return {
    news: async ({ proposals = [], recommendations = [] }) => {
      const latest = [...new Map(proposals.map((one) => [one.id, one])).values()]
      const found: NewProposal[] = []
      for (const proposal of latest.filter(({ state }) => state === "pending")) {
        const known = await knownOf(proposal.policy)
        const made = recommendations.find(({ policy }) => policy === proposal.policy)
        if (!known.pending.has(proposal.id)) found.push({ proposal, recommendation: made?.id ?? known.recommendation })
      }
      return found
    },
    stored: ({ proposals = [], recommendations = [] }) => {
      for (const { id, policy } of recommendations) {
        const known = policies.get(policy)
        if (known !== undefined) known.recommendation = id
      }
      for (const { id, policy, state } of proposals) {
        const pending = policies.get(policy)?.pending
        if (state === "pending") pending?.add(id)
        else pending?.delete(id)
      }
    },
  }
}
