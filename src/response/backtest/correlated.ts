import type { Alert } from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import type { Clusters } from "./services.ts"

/**
 * The alert, and the new ones that it completes. What clustering rules made then is made anew by those of today, and comes with what
 * completes it; what somebody masked of it stays so.
 */
export async function correlated(
  alert: Alert,
  clusterer: Clusters,
  store: Pick<Store, "alerts">,
): Promise<readonly Alert[]> {
  if (!alert.masked && clusterer.rules.some(({ id }) => id === alert.cluster?.rule)) return []
  const made = clusterer.onAlert(alert)
  if (made.length === 0) return [alert]
  const stored = (await store.alerts({ ids: made.map(({ id }) => id), limit: made.length })).items
  const masked = new Set(stored.filter((one) => one.masked).map(({ id }) => id))
  return [alert, ...made.filter(({ id }) => !masked.has(id))]
}
