import { ThwartError } from "../../core/index.ts"
import { endedAs } from "../countermeasure.ts"
import { verdictsOf } from "../judged.ts"
import { auditOf, type Parts } from "../parts.ts"
import { withdrawnWith } from "../recommendations/withdraw.ts"
import type { Responder } from "../services.ts"

/** Ends a countermeasure. As a false positive it is remembered, also when it had ended by itself before. */
export function createUndo(parts: Parts): Responder["undo"] {
  const { deps, wanted, memory, statuses, commit } = parts
  return async (id, { falsePositive, comment }, actor) => {
    const known = wanted.get(id) ?? (await deps.store.countermeasure(id))
    if (known === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no countermeasure ${id}`)
    if (known.endedAt !== null && (!falsePositive || known.endReason === "false-positive")) return known
    const reason = falsePositive ? "false-positive" : "undone"
    const next = endedAs(known, { reason, by: actor.who, at: deps.clock.now() })
    const misjudged =
      falsePositive && known.reason.incident !== null
        ? (await statuses.change(known.reason.incident, "false-positive")).after
        : undefined
    const released = falsePositive ? [] : await statuses.released([known])
    const action = falsePositive ? "undo as false positive" : "undo"
    const subject = `countermeasure:${id}`
    const why = "what it rests on was called a false positive"
    const evidence = { incident: misjudged, alerts: known.reason.alerts }
    await commit({
      ...(falsePositive ? withdrawnWith(parts, evidence, { by: actor.who, why }) : {}),
      countermeasures: [next],
      incidents: misjudged === undefined ? released : [misjudged],
      verdicts: misjudged === undefined ? [] : await verdictsOf(misjudged, deps, actor),
      audit: [auditOf(deps, actor, { action, subject, before: known, after: { ...next, comment } })],
    })
    if (falsePositive) memory.undone(next, misjudged)
    return next
  }
}
