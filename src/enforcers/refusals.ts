import type { Observed, Refused } from "./enforcer.ts"

/**
 * Adds up what a target counted for each entry. A target counts anew when an entry is made anew, and what it counted since it was
 * looked at last is lost then: at least so much was refused.
 */
export interface Refusals {
  /** All that stands in the target now, by its keys. */
  saw(observed: ReadonlyMap<string, Pick<Observed, "refused">>): void
  of(key: string): Refused | undefined
}

interface Count {
  readonly before: Refused
  readonly now: Refused
}

const none: Refused = { packets: 0, bytes: 0 }

export function createRefusals(): Refusals {
  let counts = new Map<string, Count>()
  // What was gone when the target was looked at last, and may just be on its way back.
  let gone = new Map<string, Count>()
  return {
    saw: (observed) => {
      const next = new Map<string, Count>()
      for (const [key, { refused: now }] of observed) {
        if (now === undefined) continue
        const known = counts.get(key) ?? gone.get(key)
        const anew = known !== undefined && (!counts.has(key) || now.packets < known.now.packets)
        next.set(key, { before: anew ? sum(known.before, known.now) : (known?.before ?? none), now })
      }
      gone = new Map([...counts].filter(([key]) => !next.has(key)))
      counts = next
    },
    of: (key) => {
      const count = counts.get(key) ?? gone.get(key)
      return count === undefined ? undefined : sum(count.before, count.now)
    },
  }
}

function sum(one: Refused, other: Refused): Refused {
  return { packets: one.packets + other.packets, bytes: one.bytes + other.bytes }
}
