import type { Store } from "../../store/store.ts"
import type { Looked } from "./backtest.ts"
import { each } from "./gather.ts"
import type { BacktestLimits, BacktestRequest, Correlates } from "./services.ts"

// Stored incidents held against today's rules.
const maxIncidents = 20_000

export interface NotesDeps {
  readonly store: Store
  readonly rules: Correlates["rules"]
  readonly limits: BacktestLimits
}

/** What can't be told from what is stored, and what was taken as it is now. */
export async function notesOf(
  { store, rules, limits }: NotesDeps,
  { since, until, policies, of }: BacktestRequest,
  { firstAlertAt, lastAlertAt, stoppedAt }: Looked,
): Promise<readonly string[]> {
  const notes: string[] = []
  const time = (at: number) => new Date(at).toISOString()
  if (stoppedAt !== null)
    notes.push(
      `It was stopped at ${time(lastAlertAt)}, after ${limits[stoppedAt].toLocaleString("en")} ${stoppedAt}; look at a shorter time for the rest.`,
    )
  // An hour more or less says nothing about how long the store goes back.
  if (firstAlertAt !== null && firstAlertAt > since + 3_600_000)
    notes.push(`The store has no alert of before ${time(firstAlertAt)} in this time.`)
  if (policies.some(({ on }) => on.kind === "incident"))
    notes.push(
      "Incidents were recognised anew in the stored alerts, by the intent rules of today; what people did to incidents then was left out.",
    )
  if (of !== undefined && of.given.length > 0) {
    const outside = of.given.filter(({ at }) => at < since || at > until).length
    if (outside > 0)
      notes.push(
        `${outside.toLocaleString("en")} alert(s) of the given events lie outside of this time, and were left out.`,
      )
    notes.push("The alerts of the given events stand in the place of what the same rules raised then.")
  } else if (of?.kind === "detection")
    notes.push(
      "What was observed is not stored: only what the rule raised then was looked at, not what it would raise on all that happened.",
    )
  const strange = of !== undefined && of.kind !== "detection" ? 0 : await strangeIncidents(store, rules, since)
  if (strange > 0)
    notes.push(
      `${strange.toLocaleString("en")} stored incident(s) of this time were made by rules that are not here now, and are not in this.`,
    )
  notes.push(
    "Only what raised an alert is stored: who else uses an address, and what else a node serves, can't be told.",
    "Alerts of an address were counted as they came, also while it would have been blocked.",
    "The allowlist was taken as it was at each time; this machine's own addresses and the operators who are signed in, as they are now.",
  )
  return notes
}

async function strangeIncidents(store: Store, rules: Correlates["rules"], since: number): Promise<number> {
  const known = new Set<string>(rules.map(({ id }) => id))
  let count = 0
  for await (const { rule } of each((cursor) => store.incidents({ since, limit: 1000, cursor }), maxIncidents))
    if (!known.has(rule)) count++
  return count
}
