import type { Alert, Incident, Millis } from "../core/index.ts"
import type { Clusterer, Correlator } from "../correlation/index.ts"
import type { Page, Store } from "../store/store.ts"

// What correlation takes up again at start: in a flood, what comes after this long is left out but for the newest.
const longestMs = 30_000
const maxNewest = 100_000
const maxIncidents = 20_000
const pageSize = 1000

interface Restoring {
  readonly correlator: Correlator
  readonly clusterer: Clusterer
  /** How long it took until now. */
  readonly tookMs?: () => Millis
}

/**
 * Gives correlation back what it knew when an earlier run ended, however it ended: all alerts of the longest window in order of time, a
 * page at a time, so that a flood takes no more memory than when it came, and pushes out no more.
 */
export async function restoreCorrelation(
  store: Pick<Store, "alerts" | "incidents">,
  { correlator, clusterer, tookMs = timer() }: Restoring,
  now: Millis,
): Promise<void> {
  const longest = Math.max(0, ...[...correlator.rules, ...clusterer.rules].map(({ windowMs }) => windowMs))
  const since = now - longest
  const incidents = await gather<Incident>(
    (cursor) => store.incidents({ since, limit: pageSize, cursor }),
    maxIncidents,
  )
  const restoring = correlator.startRestore(incidents, since)
  const take = (alerts: readonly Alert[]) => {
    restoring.take(alerts)
    clusterer.restore(alerts)
  }
  let [cursor, isWhole]: [string | undefined, boolean] = [undefined, false]
  while (!isWhole && tookMs() < longestMs) {
    const page: Page<Alert> = await store.alerts({ since, order: "oldest", limit: pageSize, cursor })
    take(page.items)
    cursor = page.next
    isWhole = cursor === undefined
  }
  // Known ones count once.
  if (!isWhole)
    take(await gather(async (next) => slim(await store.alerts({ since, limit: pageSize, cursor: next })), maxNewest))
  restoring.end()
}

/** Without the bytes that no rule asks for, since these are in memory together. */
function slim({ items, next }: Page<Alert>): Page<Alert> {
  return {
    next,
    items: items.map((alert) => ({ ...alert, evidence: { ...alert.evidence, request: null, response: null } })),
  }
}

function timer(): () => Millis {
  const started = performance.now()
  return () => performance.now() - started
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
