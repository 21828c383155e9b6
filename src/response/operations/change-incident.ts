import { endedAs } from "../countermeasure.ts"
import { verdictsOf } from "../judged.ts"
import { auditOf, type Parts } from "../parts.ts"
import { withdrawnWith } from "../recommendations/withdraw.ts"
import type { Responder } from "../services.ts"

/** Sets the status of an incident. What is in force because of a false positive ends with it, and is remembered. */
export function createChangeIncident(parts: Parts): Responder["changeIncident"] {
  const { deps, wanted, memory, statuses, commit } = parts
  return async (id, status, actor) => {
    const { before, after } = await statuses.change(id, status)
    if (before.status === status) return before
    const undone = (status === "false-positive" ? wanted.activeBecauseOf(id) : []).map((one) =>
      endedAs(one, { reason: "false-positive", by: actor.who, at: deps.clock.now() }),
    )
    const change = {
      action: `incident ${status}`,
      subject: `incident:${id}`,
      before: { status: before.status },
      after: { status, undone: undone.map((one) => one.id) },
    }
    const isOver = status === "closed" || status === "false-positive"
    const why = `its incident was called ${status}`
    const evidence = { incident: after, alerts: [] }
    await commit({
      ...(isOver ? withdrawnWith(parts, evidence, { by: actor.who, why }) : {}),
      incidents: [after],
      countermeasures: undone,
      verdicts: status === "false-positive" ? await verdictsOf(after, deps, actor) : [],
      audit: [auditOf(deps, actor, change)],
    })
    if (status === "false-positive") memory.misjudged(after)
    return after
  }
}
