import { type Countermeasure, compareSeverity, messageOf } from "../core/index.ts"
import type { Entry, Observed } from "./enforcer.ts"
import { endsLater } from "./planner.ts"

/** A countermeasure, with the key of the entry that it wants. */
export type Wish<C extends Countermeasure> = readonly [key: string, of: C]

export interface Admission<C extends Countermeasure> {
  /** The most important first. */
  readonly admitted: readonly Wish<C>[]
  readonly refused: ReadonlyMap<Wish<C>, string>
  /** The guardrails could not be asked. */
  readonly retry: boolean
}

export interface AdmissionDeps<C extends Countermeasure> {
  readonly keyOf: (of: C) => string
  readonly toleranceMs: number
  readonly refusalNow: (of: Countermeasure) => Promise<string | undefined>
}

/** Asks about everything that is not in force yet. */
export async function admit<C extends Countermeasure>(
  wanted: readonly C[],
  inForce: ReadonlyMap<string, Observed<Entry>>,
  { keyOf, toleranceMs, refusalNow }: AdmissionDeps<C>,
): Promise<Admission<C>> {
  const admitted: Wish<C>[] = []
  const refused = new Map<Wish<C>, string>()
  let retry = false
  for (const countermeasure of wanted.toSorted(byRank)) {
    const wish: Wish<C> = [keyOf(countermeasure), countermeasure]
    const there = inForce.get(wish[0])
    if (there !== undefined && !adds(countermeasure, there, toleranceMs)) {
      admitted.push(wish)
      continue
    }
    try {
      const refusal = await refusalNow(countermeasure)
      if (refusal === undefined) admitted.push(wish)
      else refused.set(wish, refusal)
    } catch (error) {
      // Without the guardrails nothing new is put in force.
      retry = true
      refused.set(wish, `the guardrails can't be asked: ${messageOf(error)}`)
    }
  }
  return { admitted, refused, retry }
}

function adds({ expiresAt }: Countermeasure, there: Observed<Entry>, toleranceMs: number): boolean {
  return endsLater(expiresAt, there.expiresAt === null ? null : there.expiresAt + toleranceMs)
}

function byRank(one: Countermeasure, other: Countermeasure): number {
  return one.severity === other.severity
    ? other.createdAt - one.createdAt
    : compareSeverity(other.severity, one.severity)
}
