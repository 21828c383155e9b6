import type { QuarantineCountermeasure } from "../core/index.ts"
import { admit } from "./admission.ts"
import { type Observed, type Quarantine, quarantineKey } from "./enforcer.ts"
import { difference } from "./planner.ts"
import type { RoundDeps, RoundOutcome, Verdict } from "./round.ts"

/** As `performRound`, for nodes: there is no room to fill and nothing wider, but what is done once may have no way back. */
export async function performQuarantines(
  wanted: readonly QuarantineCountermeasure[],
  observed: ReadonlyMap<string, Observed<Quarantine>>,
  { enforcer, refusalNow, signal }: RoundDeps<Quarantine>,
): Promise<RoundOutcome<Quarantine, QuarantineCountermeasure>> {
  const { toleranceMs } = enforcer
  const inForce = new Map(observed)
  const stuck = new Map<string, string>()
  const verdicts = new Map<string, Verdict>()
  const admission = await admit(wanted, inForce, { keyOf: quarantineKey, toleranceMs, refusalNow })

  const desired = new Map<string, Quarantine>()
  for (const [key] of admission.refused.keys()) {
    const there = inForce.get(key)
    if (there !== undefined) desired.set(key, there)
  }
  for (const [key, of] of admission.admitted) if (!desired.has(key)) desired.set(key, quarantineOf(of))
  const operations = difference(desired, inForce, { toleranceMs, placeOf })
  const results = operations.length === 0 ? [] : await enforcer.apply(operations, signal)

  for (const [index, operation] of operations.entries()) {
    const key = quarantineKey(operation.block)
    const result = results[index]
    const reason = result !== undefined && "reason" in result ? result.reason : "the enforcer gave no result"
    if (result?.kind === "applied" || result?.kind === "already") {
      if (operation.kind === "remove") inForce.delete(key)
      else inForce.set(key, operation.block)
    } else if (operation.kind === "remove") stuck.set(key, reason)
    else verdicts.set(key, { state: result?.kind ?? "failed", reason })
  }
  const judged = new Map<QuarantineCountermeasure, Verdict>()
  for (const [key, of] of admission.admitted) judged.set(of, verdicts.get(key) ?? appliedBy(of))
  for (const [[, of], reason] of admission.refused) judged.set(of, { state: "not-enforced", reason })
  const failed = [...judged.values()].some(({ state }) => state === "failed")
  return {
    verdicts: judged,
    inForce,
    stuck,
    retry: admission.retry || failed || stuck.size > 0,
    owners: new Map([...observed].map(([key, { countermeasure }]) => [countermeasure, key])),
  }
}

function quarantineOf({ action, node, id, createdAt, expiresAt }: QuarantineCountermeasure): Quarantine {
  return { action, node, countermeasure: id, decidedAt: createdAt, expiresAt }
}

const placeOf = ({ action, node, countermeasure, decidedAt }: Quarantine) => ({
  action,
  node,
  countermeasure,
  decidedAt,
})

function appliedBy({ action }: QuarantineCountermeasure): Verdict {
  const once = action === "restart" || action === "remove"
  return { state: "applied", reason: once ? `done; ${action} has no way back` : null }
}
