import {
  type AllowlistEntry,
  allowlistSubjectOf,
  type Countermeasure,
  type CountermeasureId,
  holdsBack,
} from "../../core/index.ts"
import type { Changes } from "../../store/store.ts"
import { endedAs } from "../countermeasure.ts"
import type { Parts } from "../parts.ts"
import { withdrawnFrom } from "../recommendations/withdraw.ts"
import { indexAllowlist } from "./allowlist.ts"

export interface Freed {
  readonly ids: readonly CountermeasureId[]
  readonly countermeasures: readonly Countermeasure[]
  /** For the caller to store, together with the entries. */
  readonly changes: Pick<Changes, "countermeasures" | "incidents" | "proposals" | "removedRecommendations">
}

/** What is in force against these entries, ended; the incidents that are open again by that; and what was proposed against them, withdrawn. */
export async function free(parts: Parts, entries: readonly AllowlistEntry[], by: string): Promise<Freed> {
  const { deps, wanted, statuses } = parts
  const list = indexAllowlist(entries, deps.asnsOf)
  const against = wanted
    .active()
    .filter((one) => holdsBack(one) && list.protecting(one.target, one.reason.nodes) !== undefined)
  const at = deps.clock.now()
  const countermeasures = against.map((one) => endedAs(one, { reason: "allowlisted", by, at }))
  const friendOf = (target: Parameters<typeof list.protecting>[0], nodes: Parameters<typeof list.protecting>[1]) => {
    const entry = list.protecting(target, nodes)
    return entry && allowlistSubjectOf(entry)
  }
  return {
    ids: against.map(({ id }) => id),
    countermeasures,
    changes: {
      countermeasures,
      incidents: await statuses.released(against),
      ...withdrawnFrom(parts, friendOf, by),
    },
  }
}
