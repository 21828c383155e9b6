import type { AlertId } from "../core/index.ts"

/** The alerts that were taken in lately, so that one that is delivered again counts once. */
export interface Seen {
  /** False when it was there already. */
  add(id: AlertId): boolean
}

// Some 20 MB. Deliveries are repeated within seconds; a repeat of one that is forgotten is counted twice, and makes no new stage.
const maxSeen = 200_000

export function createSeen(most: number = maxSeen): Seen {
  // Two halves: when the younger is full, the older is forgotten at once, which costs less than one at a time.
  let younger = new Set<AlertId>()
  let older = new Set<AlertId>()
  return {
    add: (id) => {
      if (younger.has(id) || older.has(id)) return false
      if (younger.size >= most / 2) {
        older = younger
        younger = new Set()
      }
      younger.add(id)
      return true
    },
  }
}
