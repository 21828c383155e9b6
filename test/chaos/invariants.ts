import {
  type AlertId,
  type AuditEntry,
  type Countermeasure,
  holdsBack,
  isActive,
  type Millis,
} from "../../src/core/index.ts"
import { keyOf } from "../../src/enforcers/enforcer.ts"
import type { Standing } from "./target.ts"

/** What was answered to who asked, so that it has to hold whatever happened since. */
export interface Promises {
  /** Alerts whose sender was told that they are stored. */
  readonly acknowledged: ReadonlySet<AlertId>
  /** Addresses that have to be blocked, and until when at least; null: until someone ends it. */
  readonly blocked: ReadonlyMap<string, Millis | null>
  /** Addresses that nobody may hold back now: undone, allowlisted, or never accused of anything. */
  readonly free: ReadonlySet<string>
  /** What a person did, as the audit log has to tell it: action and subject. */
  readonly done: readonly { readonly action: string; readonly subject: string }[]
}

export interface Facts {
  readonly now: Millis
  /** How far the ends in the target may be off. */
  readonly toleranceMs: Millis
  readonly store: {
    readonly alerts: ReadonlySet<AlertId>
    readonly countermeasures: readonly Countermeasure[]
    readonly audit: readonly AuditEntry[]
  }
  readonly standing: readonly Standing[]
  /** Entries that were put in the target against a friend who was one at that moment. */
  readonly trespasses: readonly string[]
  readonly promises: Promises
}

/** Everything that is not as it has to be, in words; nothing else decides whether a run was good. */
export function violations(facts: Facts): readonly string[] {
  return rules.flatMap((rule) => rule(facts))
}

type Rule = (facts: Facts) => readonly string[]

const everythingAcknowledgedIsStored: Rule = ({ store, promises }) =>
  [...promises.acknowledged].filter((id) => !store.alerts.has(id)).map((id) => `${id} was acknowledged and is lost`)

const whatIsWantedStands: Rule = (facts) => {
  const standing = new Map(facts.standing.map((one) => [one.key, one]))
  return activeOf(facts).flatMap((of) => {
    const there = standing.get(keyOf(of))
    if (there === undefined) return [`${of.id} (${keyOf(of)}) is wanted and not in force`]
    const [end, until] = [there.endsAt ?? Number.POSITIVE_INFINITY, of.expiresAt ?? Number.POSITIVE_INFINITY]
    if (end === until || Math.abs(end - until) <= facts.toleranceMs) return []
    return [`${keyOf(of)} ends ${end - until} ms off its time in the target`]
  })
}

const nothingStandsThatNobodyWants: Rule = (facts) => {
  const wanted = new Set(activeOf(facts).map(keyOf))
  return facts.standing.filter(({ key }) => !wanted.has(key)).map(({ key }) => `${key} is in force and nobody wants it`)
}

const nothingIsThereTwice: Rule = (facts) => {
  const places = Map.groupBy(activeOf(facts), keyOf)
  return [...places].flatMap(([key, all]) =>
    all.length > 1 ? [`${key} is wanted ${all.length} times: ${all.map(({ id }) => id)}`] : [],
  )
}

const whatWasPromisedHolds: Rule = (facts) => {
  const active = Map.groupBy(activeOf(facts), ({ target }) => target.replace(/\/(32|128)$/, ""))
  const lost = [...facts.promises.blocked].flatMap(([address, until]) => {
    if (until !== null && until - facts.now <= facts.toleranceMs) return []
    const ends = (active.get(address) ?? []).map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)
    const last = Math.max(Number.NEGATIVE_INFINITY, ...ends)
    return last < (until ?? Number.POSITIVE_INFINITY) ? [`the block of ${address} is lost, or ends too early`] : []
  })
  const held = [...facts.promises.free].filter((address) => active.has(address))
  return [...lost, ...held.map((address) => `${address} is held back and has to be free`)]
}

const endsAreInTime: Rule = ({ store, now }) =>
  store.countermeasures
    .filter((of) => of.endedAt === null && !isActive(of, now))
    .map(({ id }) => `${id} is past its end and not ended`)

const reportsAreTrue: Rule = ({ store, now }) =>
  store.countermeasures.flatMap((of) => {
    const states = of.reports.map(({ state }) => state)
    if (isActive(of, now))
      return states.every((state) => state === "applied") ? [] : [`${of.id} is reported as ${states}`]
    const untrue = of.endedAt !== null && states.some((state) => state === "applied" || state === "pending")
    return untrue ? [`${of.id} has ended (${of.endReason}), and is reported as ${states}`] : []
  })

const everyChangeIsInTheAuditLog: Rule = ({ store, promises }) => {
  const told = new Set(store.audit.map(({ action, subject }) => `${action} ${subject}`))
  const subjects = new Set(store.audit.map(({ subject }) => subject))
  const told2 = promises.done.filter(({ action, subject }) => !told.has(`${action} ${subject}`))
  return [
    ...told2.map(({ action, subject }) => `the audit log has no "${action}" of ${subject}`),
    ...store.countermeasures
      .filter(
        ({ id, reason }) =>
          !subjects.has(`countermeasure:${id}`) && reason.policy !== null && !isAccepted(id, store.audit),
      )
      .map(({ id }) => `the audit log does not tell where ${id} comes from`),
  ]
}

const nobodyWasTrespassedOn: Rule = ({ trespasses }) => trespasses

const rules: readonly Rule[] = [
  everythingAcknowledgedIsStored,
  whatIsWantedStands,
  nothingStandsThatNobodyWants,
  nothingIsThereTwice,
  whatWasPromisedHolds,
  endsAreInTime,
  reportsAreTrue,
  everyChangeIsInTheAuditLog,
  nobodyWasTrespassedOn,
]

function activeOf({ store, now }: Facts) {
  return store.countermeasures.filter(holdsBack).filter((of) => isActive(of, now))
}

/** One that came from accepting a proposal is told of inside of that entry. */
function isAccepted(id: string, audit: readonly AuditEntry[]): boolean {
  return audit.some(({ after }) => JSON.stringify(after ?? null).includes(id))
}
