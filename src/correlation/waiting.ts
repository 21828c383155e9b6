import type { Millis } from "../core/index.ts"
import type { Track } from "./track.ts"

/** Incidents that open when the time is over in which something could follow that makes them none. */
export interface Waiting {
  /** How far time has come. */
  now(): Millis
  /** Time as alerts tell it; not ahead of the clock, where there is one. */
  seen(at: Millis): void
  /** Time as a clock tells it: it goes on while no alert comes. */
  tick(now: Millis): void
  until(track: Track, due: Millis): void
  /** Those that are due, once each. */
  due(): readonly Track[]
}

// How exactly an incident's time is kept: each look costs as much as there are waiting.
const stepMs = 1000

// Beyond, those that have waited longest are not told: what they wait for is rare.
const maxWaiting = 10_000

export function createWaiting(): Waiting {
  const waiting = new Map<Track, Millis>()
  let [now, lookedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let clock: Millis | undefined
  return {
    now: () => now,
    seen: (at) => {
      now = Math.max(now, Math.min(at, clock ?? at))
    },
    tick: (at) => {
      // Alerts of old records tell an older time than the clock: it counts how long it is since they came.
      now = at === Number.POSITIVE_INFINITY ? at : now + Math.max(0, at - (clock ?? at))
      clock = at
    },
    until: (track, due) => {
      if (waiting.size >= maxWaiting && !waiting.has(track))
        for (const oldest of waiting.keys()) {
          waiting.delete(oldest)
          break
        }
      waiting.set(track, due)
    },
    due: () => {
      if (waiting.size === 0 || now < lookedAt + stepMs) return []
      lookedAt = now
      const found: Track[] = []
      for (const [track, due] of waiting) {
        if (due > now) continue
        waiting.delete(track)
        found.push(track)
      }
      return found
    },
  }
}
