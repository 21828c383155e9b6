import type { Clock, Countermeasure, Incident, Notice } from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"
import { countermeasureKind, countermeasureNotice } from "./countermeasure-notice.ts"
import { type IncidentMark, incidentNotices, markOf } from "./incident-notice.ts"
import { createPendingProposals } from "./pending-proposals.ts"
import { recommendationNotice } from "./recommendation-notice.ts"

/** Sees what changes mean to people, by what was stored before. */
export interface Watch {
  noticesOf(changes: Changes): Promise<readonly Notice[]>
  /** These are stored: what is told next is held against them. */
  stored(changes: Changes): void
}

export interface WatchDeps {
  readonly store: Pick<Store, "incident" | "countermeasure" | "proposals" | "recommendations">
  readonly clock: Clock
}

type Told = ReturnType<typeof countermeasureKind>

// What is not remembered is read from the store again; an entry takes some 100 bytes.
const maxRemembered = 20_000

export function createWatch({ store, clock }: WatchDeps): Watch {
  const incidents = new Map<string, IncidentMark>()
  const countermeasures = new Map<string, Told>()
  const pending = createPendingProposals(store)

  const markBefore = async ({ id, version }: Incident) => {
    const known = incidents.get(id)
    if (known !== undefined || version === 1) return known
    const there = await store.incident(id)
    return there === undefined ? undefined : markOf(there)
  }
  const toldBefore = async (of: Countermeasure): Promise<Told> => {
    if (countermeasures.has(of.id)) return countermeasures.get(of.id)
    if (of.reports.length === 0 && of.endedAt === null) return undefined
    const there = await store.countermeasure(of.id)
    return there === undefined ? undefined : countermeasureKind(there)
  }

  return {
    noticesOf: async (changes) => {
      const { incidents: changed = [], countermeasures: done = [] } = changes
      const notices: Notice[] = []
      for (const one of latest(changed)) notices.push(...incidentNotices(one, await markBefore(one)))
      for (const one of latest(done))
        notices.push(...present(countermeasureNotice(one, await toldBefore(one), clock.now())))
      for (const one of await pending.news(changes)) notices.push(recommendationNotice(one))
      return notices
    },
    stored: (changes) => {
      const { incidents: changed = [], countermeasures: done = [] } = changes
      pending.stored(changes)
      for (const one of changed)
        if (one.version > (incidents.get(one.id)?.version ?? 0)) remember(incidents, one.id, markOf(one))
      for (const one of done) remember(countermeasures, one.id, countermeasureKind(one))
    },
  }
}

function latest<T extends { readonly id: string }>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [one.id, one])).values()]
}

function remember<T>(memory: Map<string, T>, id: string, value: T): void {
  memory.delete(id)
  memory.set(id, value)
  const oldest = memory.keys().next()
  if (memory.size > maxRemembered && oldest.done === false) memory.delete(oldest.value)
}

const present = (notice: Notice | undefined): readonly Notice[] => (notice === undefined ? [] : [notice])
