import type { Millis, PlaybookRun } from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import type { RecentRuns } from "./runs.ts"

// As many as are remembered.
const maxRecalled = 10_000

/** Runs that further evidence may belong to, and those that wait. */
export async function recall(store: Store, recent: RecentRuns, since: Millis): Promise<void> {
  const found: PlaybookRun[] = []
  for (const query of [{ since: Math.max(0, since) }, { state: "waiting" }] as const)
    for (let cursor: string | undefined, more = true; more && found.length < maxRecalled; more = cursor !== undefined) {
      const page = await store.playbookRuns({ ...query, limit: 1000, cursor })
      found.push(...page.items)
      cursor = page.next
    }
  recent.put(found.toReversed())
}
