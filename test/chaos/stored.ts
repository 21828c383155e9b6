import type { Page, Store } from "../../src/store/store.ts"
import type { Facts } from "./invariants.ts"

/** All that the store says of alerts, countermeasures and who changed what. */
export async function storedIn(store: Store): Promise<Facts["store"]> {
  const alerts = await all((cursor) => store.alerts({ limit: 1000, cursor }))
  return {
    alerts: new Set(alerts.map(({ id }) => id)),
    countermeasures: await all((cursor) => store.countermeasures({ limit: 1000, cursor })),
    audit: await all((cursor) => store.audit({ limit: 1000, cursor })),
  }
}

async function all<T>(fetch: (cursor: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const found: T[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await fetch(cursor)
    found.push(...page.items)
    cursor = page.next
  }
  return found
}
