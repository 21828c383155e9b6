import { type Policy, ThwartError } from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { type Accepted, acceptanceOf, inShort } from "../recommendations/accept.ts"
import { leaving } from "../recommendations/resolve.ts"
import type { Actor, ModeWish, Responder } from "../services.ts"

/** Changes how a policy acts. From interactive to automatic, all that is pending is accepted, unless it shall be kept. */
export function createChangeMode(parts: Parts): Responder["changeMode"] {
  const { deps, book, commit } = parts
  return async (id, wish, actor) => {
    const before = (await deps.store.policies()).find((one) => one.id === id)
    if (before === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no policy "${id}"`)
    const after = changed(before, wish)
    const accepted = acceptsPending(before, after, wish) ? await pendingOf(after, wish, actor) : nothing
    const kept = book.countOf(id) - accepted.proposals.length
    const change = { policy: after, items: accepted.proposals, kept, isPreview: wish.preview }
    if (wish.preview) return change
    refuseMoreThan(wish.expected, accepted)
    const told = { mode: after.mode, interactiveStatus: after.interactiveStatus, why: wish.why, kept }
    const entry = auditOf(deps, actor, {
      action: "policy mode",
      subject: `policy:${id}`,
      before: { mode: before.mode, interactiveStatus: before.interactiveStatus },
      after: { ...told, items: inShort(accepted.proposals) },
    })
    await commit({
      ...leaving(book, accepted.proposals),
      countermeasures: accepted.countermeasures,
      policies: [after],
      audit: [entry],
    })
    return change
  }

  function pendingOf(policy: Policy, { durationMs, why }: ModeWish, actor: Actor): Promise<Accepted> {
    return acceptanceOf(parts, book.pendingOf(policy.id), { policy, durationMs, actor, why })
  }
}

const nothing: Accepted = { countermeasures: [], proposals: [] }

/** A change of mode ends what was decided in the one before. */
function changed(before: Policy, { mode = before.mode, interactiveStatus }: ModeWish): Policy {
  const { interactiveStatus: old, ...rest } = before
  const status = interactiveStatus ?? (mode === before.mode ? old : undefined)
  return status === undefined || status === "interactive"
    ? { ...rest, mode }
    : { ...rest, mode, interactiveStatus: status }
}

/** In monitor mode nothing is enforced: what is pending waits for a person, or for its end. */
function acceptsPending(before: Policy, after: Policy, { pending }: ModeWish): boolean {
  return pending === "accept" && before.mode === "interactive" && after.mode === "automatic"
}

function refuseMoreThan(expected: number | undefined, { proposals }: Accepted): void {
  if (expected === undefined || proposals.length <= expected) return
  throw new ThwartError(
    "THWART_USAGE",
    `nothing was changed: ${proposals.length} proposals are pending now, and ${expected} were looked at; look at the preview again`,
  )
}
