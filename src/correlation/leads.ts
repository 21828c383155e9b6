import type { Millis } from "../core/index.ts"
import { noKey } from "./join-keys.ts"
import type { Placed } from "./sighting.ts"

/**
 * The keys that an attack led to, and since when, where stages lead from key to key. One stays when what led there was made none:
 * an alert that comes late may show that it was not.
 */
export type Leads = ReadonlyMap<string, Millis>

export const noLeads: Leads = new Map()

// As many as a track may lead to (see Links).
const maxLeads = 1024

interface Led {
  readonly root: string
  readonly leads: Leads
}

/**
 * Whether a sighting has to do with the attack by then. A track may be given others: what led to them was made none by an alert that
 * came later.
 */
export function isFound({ root, leads }: Led, { sighting, stages, details }: Placed): boolean {
  if (root === noKey || details === undefined) return true
  return details.some(
    ({ from }, place) =>
      (stages[place] === 0 && from.includes(root)) ||
      from.some((key) => (leads.get(key) ?? Number.POSITIVE_INFINITY) <= sighting.at),
  )
}

interface Leading {
  readonly to: string
  readonly reachedAt: Millis | undefined
}

/** The same ones where nothing is new: copies of a progress share them. */
export function leadsWith(leads: Leads, steps: readonly Leading[]): Leads {
  let more: Map<string, Millis> | undefined
  for (const { to, reachedAt } of steps) {
    if (to === noKey || reachedAt === undefined) continue
    const since = (more ?? leads).get(to)
    if (since !== undefined ? since <= reachedAt : (more ?? leads).size >= maxLeads) continue
    more ??= new Map(leads)
    more.set(to, reachedAt)
  }
  return more ?? leads
}
