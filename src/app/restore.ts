import type { Alert, Incident, Millis } from "../core/index.ts"
import type { Clusterer, Correlator } from "../correlation/index.ts"
import type { Page, Store } from "../store/index.ts"

// What correlation takes up again at start: enough for a busy day's window, and bounded in time and memory.
const maxAlerts = 200_000
const maxIncidents = 20_000

/** Gives correlation back what it knew when an earlier run ended, however it ended. */
export async function restoreCorrelation(
  store: Store,
  { correlator, clusterer }: { readonly correlator: Correlator; readonly clusterer: Clusterer },
  now: Millis,
): Promise<void> {
  const longest = Math.max(0, ...[...correlator.rules, ...clusterer.rules].map(({ windowMs }) => windowMs))
  const since = now - longest
  const alerts = await gather<Alert>((cursor) => store.alerts({ since, limit: 1000, cursor }), maxAlerts)
  const incidents = await gather<Incident>((cursor) => store.incidents({ since, limit: 1000, cursor }), maxIncidents)
  correlator.restore([...alerts].reverse(), incidents)
  clusterer.restore(alerts)
}

async function gather<T>(fetch: (cursor: string | undefined) => Promise<Page<T>>, most: number): Promise<readonly T[]> {
  const found: T[] = []
  for (let cursor: string | undefined, more = true; more && found.length < most; more = cursor !== undefined) {
    const page = await fetch(cursor)
    found.push(...page.items)
    cursor = page.next
  }
  return found
}
