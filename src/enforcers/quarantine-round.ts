import { messageOf, type QuarantineCountermeasure } from "../core/index.ts"
import { type Observed, type Quarantine, quarantineKey } from "./enforcer.ts"
import { difference, endsLater } from "./planner.ts"
import { byRank, type RoundDeps, type RoundOutcome, type Verdict } from "./round.ts"

/**
 * As `performRound`, for nodes: there is no room to fill and nothing wider, but what is done once may have no way back. A node that
 * the guardrails protect by now is let go; when they can't be asked, everything stays as it is.
 */
export async function performQuarantines(
  wanted: readonly QuarantineCountermeasure[],
  observed: ReadonlyMap<string, Observed<Quarantine>>,
  { enforcer, refusalNow, signal }: RoundDeps<Quarantine>,
): Promise<RoundOutcome<Quarantine, QuarantineCountermeasure>> {
  const inForce = new Map(observed)
  const stuck = new Map<string, string>()
  const failures = new Map<string, Verdict>()
  const { desired, refused, retry } = await admit(wanted, observed, refusalNow)
  const operations = difference(desired, inForce, { toleranceMs: enforcer.toleranceMs, placeOf })
  const results = operations.length === 0 ? [] : await enforcer.apply(operations, signal)

  for (const [index, operation] of operations.entries()) {
    const key = quarantineKey(operation.block)
    const result = results[index]
    const reason = result !== undefined && "reason" in result ? result.reason : "the enforcer gave no result"
    if (result?.kind === "applied" || result?.kind === "already") {
      if (operation.kind === "remove") inForce.delete(key)
      else inForce.set(key, operation.block)
    } else if (operation.kind === "remove") stuck.set(key, reason)
    else failures.set(key, { state: result?.kind ?? "failed", reason })
  }
  const judge = (of: QuarantineCountermeasure): Verdict => {
    const reason = refused.get(of)
    return reason === undefined
      ? (failures.get(quarantineKey(of)) ?? appliedBy(of))
      : { state: "not-enforced", reason: stuck.get(quarantineKey(of)) ?? reason }
  }
  const verdicts = new Map(wanted.map((of) => [of, judge(of)]))
  const failed = [...verdicts.values()].some(({ state }) => state === "failed")
  const owners = new Map([...observed].map(([key, { countermeasure }]) => [countermeasure, key]))
  return { verdicts, inForce, stuck, retry: retry || failed || stuck.size > 0, owners }
}

/** What shall stand, the most important first; of several wishes for the same, the one that ends last. */
async function admit(
  wanted: readonly QuarantineCountermeasure[],
  observed: ReadonlyMap<string, Observed<Quarantine>>,
  refusalNow: RoundDeps["refusalNow"],
) {
  const desired = new Map<string, Quarantine>()
  const refused = new Map<QuarantineCountermeasure, string>()
  let retry = false
  for (const of of wanted.toSorted(byRank)) {
    const key = quarantineKey(of)
    const known = desired.get(key)
    try {
      const refusal = await refusalNow(of)
      if (refusal !== undefined) refused.set(of, refusal)
      else if (known === undefined || endsLater(of.expiresAt, known.expiresAt)) desired.set(key, quarantineOf(of))
    } catch (error) {
      // Without the guardrails nothing new is done, and nothing is let go.
      retry = true
      const there = observed.get(key)
      if (there !== undefined) desired.set(key, there)
      if (there === undefined || there.expiresAt === 0)
        refused.set(of, `the guardrails can't be asked: ${messageOf(error)}`)
    }
  }
  return { desired, refused, retry }
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
