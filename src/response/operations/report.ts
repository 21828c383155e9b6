import {
  type Countermeasure,
  type CountermeasureId,
  type EnforcementReport,
  type IncidentId,
  isFirstProof,
  type Millis,
} from "../../core/index.ts"
import type { Parts } from "../parts.ts"

// A state that stays the same is written once a minute, to show that somebody looked.
const restateMs: Millis = 60_000

export interface Reported {
  readonly id: CountermeasureId
  readonly report: EnforcementReport
}

/** Notes what enforcers say is true, where that is new, all of it at once. */
export function createReport({
  deps,
  wanted,
  statuses,
  commit,
}: Parts): (reported: readonly Reported[]) => Promise<void> {
  return async (reported) => {
    const next = new Map<CountermeasureId, Countermeasure>()
    const contained = new Set<IncidentId>()
    for (const { id, report } of reported) {
      const known = next.get(id) ?? wanted.get(id) ?? (await deps.store.countermeasure(id))
      const stated = known && withReport(known, report)
      if (stated === undefined) continue
      next.set(id, stated)
      const { incident } = stated.reason
      if (report.state === "applied" && stated.endedAt === null && incident !== null) contained.add(incident)
    }
    if (next.size === 0) return
    const incidents = await Promise.all([...contained].map((incident) => statuses.contained(incident)))
    await commit({
      countermeasures: [...next.values()],
      incidents: incidents.filter((incident) => incident !== undefined),
    })
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
