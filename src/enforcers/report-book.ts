import { type Clock, type CountermeasureId, type EnforcementReport, isFirstProof, type Millis } from "../core/index.ts"

export interface ReportBookDeps {
  readonly enforcer: string
  readonly clock: Clock
  readonly report: (id: CountermeasureId, report: EnforcementReport) => Promise<void>
  readonly onError: (error: unknown) => void
}

export type Statement = Pick<EnforcementReport, "state" | "reason" | "refused"> & { readonly checkedAt: Millis }

/**
 * Passes on what is new, one state of each after the other and aside from enforcement, so that a slow store holds up no block. A state that stays
 * the same is said again only now and then, to show that somebody looked. Holds one line for each countermeasure that is followed.
 */
export interface ReportBook {
  say(id: CountermeasureId, statement: Statement): void
  /** As `say`, for the last time. */
  close(id: CountermeasureId, statement: Statement): void
  last(id: CountermeasureId): EnforcementReport | undefined
  followed(): readonly CountermeasureId[]
  /** Resolves when everything that was said has been passed on, or has failed. */
  drained(): Promise<void>
}

const restateMs: Millis = 60_000
// Passed on at once, so that who stores them waits for the disk once for all of them.
const together = 256

export function createReportBook({ enforcer, clock, report, onError }: ReportBookDeps): ReportBook {
  const said = new Map<CountermeasureId, EnforcementReport>()
  const waiting = new Map<CountermeasureId, EnforcementReport>()
  let draining: Promise<void> | undefined

  const passOn = async (id: CountermeasureId, next: EnforcementReport) => {
    try {
      await report(id, next)
    } catch (error) {
      // Said again at the next round: a report that looks old is one that is due.
      const line = said.get(id)
      if (line !== undefined) said.set(id, { ...line, checkedAt: 0 })
      onError(error)
    }
  }
  const drain = async () => {
    while (waiting.size > 0) {
      const some = [...waiting].slice(0, together)
      for (const [id] of some) waiting.delete(id)
      await Promise.all(some.map(([id, next]) => passOn(id, next)))
    }
    draining = undefined
  }
  const say = (id: CountermeasureId, statement: Statement) => {
    const { state, reason, checkedAt } = statement
    const before = said.get(id)
    const same = before !== undefined && before.state === state && before.reason === reason
    if (same && checkedAt - before.checkedAt < restateMs && !isFirstProof(before, statement)) return
    const next = { enforcer, ...statement, since: same ? before.since : clock.now() }
    said.set(id, next)
    waiting.set(id, next)
    draining ??= Promise.resolve().then(drain)
  }

  return {
    say,
    close: (id, statement) => {
      say(id, statement)
      said.delete(id)
    },
    last: (id) => said.get(id),
    followed: () => [...said.keys()],
    drained: async () => {
      while (draining !== undefined) await draining
    },
  }
}
