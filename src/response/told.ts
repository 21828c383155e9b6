import type { Clock, Millis } from "../core/index.ts"

/** Keeps what would be said again with every alert from filling the audit log. */
export interface Told {
  /** True when it should be said now. */
  isNews(key: string): boolean
  /** How many new things were left out since this was asked last. */
  leftOut(): number
}

// Said again after so long, while it goes on.
const repeatMs: Millis = 600_000
// More in a minute are counted: a flood of sources that a guardrail holds back must not become a flood of entries.
const maxPerMinute = 100
const maxKeys = 20_000

export function createTold(clock: Clock): Told {
  let younger = new Map<string, Millis>()
  let older = new Map<string, Millis>()
  let minute = { since: Number.NEGATIVE_INFINITY, said: 0 }
  let unsaid = 0

  return {
    isNews: (key) => {
      const now = clock.now()
      const before = younger.get(key) ?? older.get(key)
      if (before !== undefined && Math.abs(now - before) < repeatMs) return false
      if (younger.size >= maxKeys / 2) {
        older = younger
        younger = new Map()
      }
      younger.set(key, now)
      if (Math.abs(now - minute.since) >= 60_000) minute = { since: now, said: 0 }
      if (minute.said >= maxPerMinute) {
        unsaid++
        return false
      }
      minute.said++
      return true
    },
    leftOut: () => {
      const count = unsaid
      unsaid = 0
      return count
    },
  }
}
