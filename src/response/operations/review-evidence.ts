import type { AlertId } from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { inShort } from "../recommendations/accept.ts"
import { leaving, resolved } from "../recommendations/resolve.ts"
import { evidenceOf } from "../recommendations/standing.ts"
import type { Responder } from "../services.ts"

/** Looks again at what is proposed because of these alerts. */
export function createReviewEvidence({ book, dismissals, deps, commit }: Parts): Responder["reviewEvidence"] {
  return async (alerts, actor) => {
    const marked = new Set<AlertId>(alerts)
    const resting = book.pending().filter(({ reason }) => reason.alerts.some((id) => marked.has(id)))
    if (resting.length === 0) return
    const evidence = await evidenceOf(resting, deps.store)
    const why = "what it rests on was called a false positive"
    const gone = resting
      .filter(({ id }) => evidence.get(id) === "false-positive")
      .map((one) => resolved(one, { state: "dismissed", by: actor.who, why }, deps))
    if (gone.length === 0) return
    const change = {
      action: "proposals dismissed",
      subject: "policies",
      before: null,
      after: { why, items: inShort(gone) },
    }
    await commit({ ...leaving(book, gone), audit: [auditOf(deps, actor, change)] })
    for (const one of gone) dismissals.add(one)
  }
}
