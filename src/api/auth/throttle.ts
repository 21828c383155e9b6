import type { Clock, Millis } from "../../core/index.ts"

export interface Throttle {
  /** How long this one has to wait; 0 when it may try. */
  waitMs(key: string): Millis
  failed(key: string): void
  succeeded(key: string): void
}

// The first failures are typing errors; from then on the wait doubles.
const free = 4
const firstWaitMs = 1000
const longestWaitMs = 15 * 60_000
// Accounts and addresses remembered; the oldest are forgotten beyond, so that a flood of names costs no memory.
const maxKeys = 10_000

/** Slows down guessing: after a few failures each one doubles the wait, up to a quarter of an hour. */
export function createThrottle(clock: Clock): Throttle {
  const failures = new Map<string, { readonly count: number; readonly until: Millis }>()
  return {
    waitMs: (key) => Math.max(0, (failures.get(key)?.until ?? 0) - clock.now()),
    failed: (key) => {
      const count = (failures.get(key)?.count ?? 0) + 1
      const waitMs = count <= free ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (count - free - 1))
      failures.delete(key)
      failures.set(key, { count, until: clock.now() + waitMs })
      if (failures.size > maxKeys) failures.delete(failures.keys().next().value ?? key)
    },
    succeeded: (key) => {
      failures.delete(key)
    },
  }
}
