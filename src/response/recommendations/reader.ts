import { type ProposalId, type RecommendationId, ThwartError } from "../../core/index.ts"
import type { Parts } from "../parts.ts"
import type { PendingPage } from "../services.ts"
import { evidenceOf } from "./standing.ts"

/** Pages what is pending, each with how it stands with its evidence. What was called a false positive is not shown. */
export function createPendingReader({ book, deps }: Pick<Parts, "book" | "deps">) {
  return async (
    id: RecommendationId,
    { limit, after }: { readonly limit: number; readonly after?: ProposalId | undefined },
  ): Promise<PendingPage> => {
    const head = book.byId(id)
    const recommendation = head && book.summary(head.policy)
    if (recommendation === undefined)
      throw new ThwartError("THWART_NOT_FOUND", `there is no open recommendation ${id}; it may have been decided`)
    // Ids sort by the time they were made, so a page goes on where the one before ended, also when that one was decided.
    const rest = book
      .pendingOf(recommendation.policy)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .filter((one) => after === undefined || one.id > after)
    const shown = rest.slice(0, limit)
    const evidence = await evidenceOf(shown, deps.store)
    const items = shown.flatMap((one) => {
      const state = evidence.get(one.id) ?? "stands"
      return state === "false-positive" ? [] : [{ ...one, evidence: state }]
    })
    return { recommendation, items, next: rest.length > limit ? shown.at(-1)?.id : undefined }
  }
}
