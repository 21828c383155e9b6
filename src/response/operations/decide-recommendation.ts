import { type Policy, type Proposal, type ProposalId, ThwartError } from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { acceptanceOf, inShort } from "../recommendations/accept.ts"
import { leaving, resolved } from "../recommendations/resolve.ts"
import type { Decision, Responder } from "../services.ts"

/** What a person decides about what is pending of a policy: who, what and why in one entry of the audit log. */
export function createDecideRecommendation(parts: Parts): Responder["decideRecommendation"] {
  const { deps, book, dismissals, commit } = parts
  return async (id, decision, actor) => {
    const head = book.byId(id)
    if (head === undefined)
      throw new ThwartError("THWART_NOT_FOUND", `there is no open recommendation ${id}; it may have been decided`)
    const policy = (await deps.store.policies()).find((one) => one.id === head.policy)
    const status = statusOf(decision, policy)
    const { chosen, notPending } = choose(book.pendingOf(head.policy), decision)
    const { why, durationMs } = decision
    const decided =
      decision.kind === "accept" || decision.kind === "always-accept"
        ? await acceptanceOf(parts, chosen, { policy, durationMs, actor, why })
        : { countermeasures: [], proposals: chosen.map((one) => no(one, decision, actor.who)) }
    const after = { why, durationMs, interactiveStatus: status?.interactiveStatus, items: inShort(decided.proposals) }
    const before = { pending: book.countOf(head.policy), notKept: head.notKept }
    const subject = `policy:${head.policy}`
    await commit({
      ...leaving(book, decided.proposals),
      countermeasures: decided.countermeasures,
      policies: status === undefined ? [] : [status],
      audit: [auditOf(deps, actor, { action: `recommendation ${decision.kind}`, subject, before, after })],
    })
    if (decision.kind === "dismiss") for (const one of decided.proposals) dismissals.add(one)
    return { items: decided.proposals, notPending, recommendation: book.summary(head.policy) ?? null }
  }

  function no(proposal: Proposal, { kind, why }: Decision, by: string): Proposal {
    return resolved(proposal, { state: kind === "dismiss" ? "dismissed" : "ignored", by, why }, deps)
  }
}

/** The policy as it is after "always …"; undefined when it stays as it is. */
function statusOf({ kind, pending }: Decision, policy: Policy | undefined): Policy | undefined {
  if (kind === "accept" || kind === "dismiss") return undefined
  if (pending !== null)
    throw new ThwartError("THWART_USAGE", `"${kind}" is about the policy and all that is pending; select none for it`)
  if (policy?.mode !== "interactive")
    throw new ThwartError(
      "THWART_USAGE",
      `"${kind}" is for policies in interactive mode; this one is ${policy?.mode ?? "gone"}, and asks only where a guardrail holds it back`,
    )
  return { ...policy, interactiveStatus: kind }
}

function choose(pending: readonly Proposal[], { pending: ids }: Decision) {
  if (ids === null) return { chosen: pending, notPending: [] }
  const byId = new Map<ProposalId, Proposal>(pending.map((one) => [one.id, one]))
  const asked = [...new Set(ids)]
  return {
    chosen: asked.flatMap((id) => byId.get(id) ?? []),
    notPending: asked.filter((id) => !byId.has(id)),
  }
}
