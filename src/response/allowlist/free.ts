import type { AllowlistEntry, Countermeasure, CountermeasureId } from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import { endedAs } from "../countermeasure.ts"
import type { Parts } from "../parts.ts"
import { indexAllowlist } from "./allowlist.ts"

export interface Freed {
  readonly ids: readonly CountermeasureId[]
  readonly countermeasures: readonly Countermeasure[]
  /** For the caller to store, together with the entries. */
  readonly changes: Pick<Changes, "countermeasures" | "incidents">
}

/** What is in force against these entries, ended; and the incidents that are open again by that. */
export async function free(
  { deps, wanted, statuses }: Parts,
  entries: readonly AllowlistEntry[],
  by: string,
): Promise<Freed> {
  const list = indexAllowlist(entries, deps.asnsOf)
  const against = wanted
    .active()
    .filter((one) => one.action === "block" && list.protecting(one.target, one.reason.nodes) !== undefined)
  const at = deps.clock.now()
  const countermeasures = against.map((one) => endedAs(one, { reason: "allowlisted", by, at }))
  return {
    ids: against.map(({ id }) => id),
    countermeasures,
    changes: { countermeasures, incidents: await statuses.released(against) },
  }
}
