import type { AlertId, Incident, IncidentId, Proposal, ProposalId } from "../../core/index.ts"
import type { Store } from "../../store/store.ts"

/**
 * What became of what a proposal rests on. `false-positive`, `closed`, `masked`: all of it was called that, and it must not be acted
 * on; `gone`: nothing of it is stored any more.
 */
export type Evidence = "stands" | "false-positive" | "closed" | "masked" | "gone"

// Looked at of each, the newest: what analysts judge is a series, and a thousand proposals are looked at in one go.
const mostLookedAt = 10
const perQuery = 1000

/** Reads how it stands with the evidence of these. */
export async function evidenceOf(
  proposals: readonly Proposal[],
  store: Pick<Store, "alerts" | "verdicts" | "incident">,
): Promise<ReadonlyMap<ProposalId, Evidence>> {
  const incidents = await incidentsOf(proposals, store)
  const onAlerts = proposals.filter(({ reason }) => reason.incident === null)
  const ids = [...new Set(onAlerts.flatMap(lookedAt))]
  const [stored, masked, judged] = [new Set<AlertId>(), new Set<AlertId>(), new Set<AlertId>()]
  for (let start = 0; start < ids.length; start += perQuery) {
    const some = ids.slice(start, start + perQuery)
    for (const alert of (await store.alerts({ ids: some, limit: perQuery })).items) {
      stored.add(alert.id)
      if (alert.masked) masked.add(alert.id)
    }
    for (const { alert, verdict } of await store.verdicts(some)) if (verdict === "false-positive") judged.add(alert)
  }
  const ofAlerts = (proposal: Proposal): Evidence => {
    const there = lookedAt(proposal).filter((id) => stored.has(id))
    if (there.length === 0) return "gone"
    if (there.every((id) => judged.has(id))) return "false-positive"
    return there.every((id) => masked.has(id) || judged.has(id)) ? "masked" : "stands"
  }
  return new Map(
    proposals.map((proposal) => {
      const { incident } = proposal.reason
      return [proposal.id, incident === null ? ofAlerts(proposal) : ofIncident(incidents.get(incident))]
    }),
  )
}

function ofIncident(incident: Incident | undefined): Evidence {
  if (incident === undefined) return "gone"
  return incident.status === "closed" || incident.status === "false-positive" ? incident.status : "stands"
}

async function incidentsOf(proposals: readonly Proposal[], store: Pick<Store, "incident">) {
  const ids = [...new Set(proposals.flatMap(({ reason }) => reason.incident ?? []))]
  const found = await Promise.all(ids.map(async (id) => [id, await store.incident(id)] as const))
  return new Map<IncidentId, Incident | undefined>(found)
}

function lookedAt({ reason }: Proposal): readonly AlertId[] {
  return reason.alerts.slice(-mostLookedAt)
}
