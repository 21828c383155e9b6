import { ThwartError } from "../../core/index.ts"
import { newBlock } from "../countermeasure.ts"
import { refusalOf } from "../guardrails/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import type { Responder } from "../services.ts"
import { isLater } from "../wanted.ts"

/** What a person blocks by hand. Blocked again while it is in force, it lasts longer, and is still one. */
export function createBlock({ deps, wanted, circumstances, commit }: Parts): Responder["block"] {
  return async ({ durationMs, reason: text, target, direction, action = "block", rate }, actor) => {
    const place = { target, direction, action, ...(rate === undefined ? {} : { rate }) }
    const refusal = refusalOf({ target, by: "operator" }, await circumstances.now())
    if (refusal !== undefined) throw new ThwartError("THWART_GUARDRAIL_REFUSED", `not blocked: ${refusal.reason}`)
    const known = wanted.activeFor(place)
    const until = durationMs === null ? null : deps.clock.now() + durationMs
    const reason = { by: actor.who, text, policy: null, incident: null, alerts: [] }
    const next =
      known === undefined
        ? newBlock(deps, { ...place, enforcers: [], severity: "high", reason }, durationMs)
        : { ...known, expiresAt: isLater(until, known.expiresAt) ? until : known.expiresAt }
    const subject = `countermeasure:${next.id}`
    const entry = auditOf(deps, actor, {
      action: place.action,
      subject,
      before: known ?? null,
      after: { ...next, reason },
    })
    await commit({ countermeasures: [next], audit: [entry] })
    return next
  }
}
