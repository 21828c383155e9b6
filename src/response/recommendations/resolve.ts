import type { CountermeasureId, PolicyId, Proposal, ProposalState } from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import type { ResponderDeps } from "../services.ts"
import { proposalSubject, type RecommendationBook } from "./book.ts"

export interface Resolution {
  readonly state: Exclude<ProposalState, "pending">
  readonly by: string
  readonly why: string
  readonly countermeasure?: CountermeasureId
}

/** The proposal as it is decided; it counts once it is stored. */
export function resolved(
  proposal: Proposal,
  { state, by, why, countermeasure = undefined }: Resolution,
  { clock }: Pick<ResponderDeps, "clock">,
): Proposal {
  return { ...proposal, state, outcome: { at: clock.now(), by, why, countermeasure: countermeasure ?? null } }
}

/** What is to be stored of these; a recommendation of which nothing is left goes with the last of it. */
export function leaving(
  book: RecommendationBook,
  proposals: readonly Proposal[],
): Pick<Changes, "proposals" | "removedRecommendations"> {
  const left = new Map<PolicyId, number>()
  for (const proposal of proposals) {
    const { policy, state, id } = proposal
    const isKnown = book.pendingFor(policy, proposalSubject(proposal))?.id === id
    const change = Number(state === "pending") - Number(isKnown)
    left.set(policy, (left.get(policy) ?? book.countOf(policy)) + change)
  }
  const heads = [...left].flatMap(([policy, count]) => (count <= 0 ? (book.headOf(policy) ?? []) : []))
  return { proposals, removedRecommendations: heads.map(({ id }) => id) }
}
