import { type Countermeasure, type EnforcementReport, isFirstProof, type Millis } from "../../core/index.ts"
import type { Parts } from "../parts.ts"
import type { Responder } from "../services.ts"

// A state that stays the same is written once a minute, to show that somebody looked.
const restateMs: Millis = 60_000

/** Notes what an enforcer says is true, when that is new. */
export function createReport({ deps, wanted, statuses, commit }: Parts): Responder["report"] {
  return async (id, report) => {
    const known = wanted.get(id) ?? (await deps.store.countermeasure(id))
    if (known === undefined) return
    const next = withReport(known, report)
    if (next === undefined) return
    const { incident } = known.reason
    const holds = report.state === "applied" && known.endedAt === null
    const contained = holds && incident !== null ? await statuses.contained(incident) : undefined
    await commit({ countermeasures: [next], incidents: contained === undefined ? [] : [contained] })
  }
}

function withReport(known: Countermeasure, report: EnforcementReport): Countermeasure | undefined {
  const before = known.reports.find(({ enforcer }) => enforcer === report.enforcer)
  const same = before !== undefined && before.state === report.state && before.reason === report.reason
  if (same && report.checkedAt - before.checkedAt < restateMs && !isFirstProof(before, report)) return undefined
  const refused = larger(before?.refused, report.refused)
  const stated = { ...report, since: same ? before.since : report.since, ...(refused === undefined ? {} : { refused }) }
  const others = known.reports.filter(({ enforcer }) => enforcer !== report.enforcer)
  return { ...known, reports: [...others, stated] }
}

/** An enforcer that was started anew may have seen less. */
function larger(one: EnforcementReport["refused"], other: EnforcementReport["refused"]): EnforcementReport["refused"] {
  if (one === undefined || other === undefined) return one ?? other
  return one.packets > other.packets ? one : other
}
