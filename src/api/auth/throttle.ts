import type { Clock, Millis } from "../../core/index.ts"

export interface ThrottleOptions {
  /** So many failures are typing errors; from then on the wait doubles. */
  readonly free: number
  readonly longestWaitMs: Millis
}

export interface Throttle {
  /** 0: it may try, and the try is counted as a failure until `succeeded` or `forget`. Otherwise how long it has to wait. */
  attempt(key: string): Millis
  /** Takes one counted failure back. */
  succeeded(key: string): void
  /** Takes all of them back. */
  forget(key: string): void
}

const firstWaitMs = 1000
// Failures count together when they are closer than this.
const memoryMs = 60 * 60_000
// Keys remembered; the ones that failed longest ago go first, so that a flood of names costs no memory.
const maxKeys = 10_000

interface Failures {
  readonly count: number
  readonly at: Millis
  readonly until: Millis
}

/** Slows down guessing: after a few failures each one doubles the wait, up to a limit. */
export function createThrottle(clock: Clock, { free, longestWaitMs }: ThrottleOptions): Throttle {
  const failures = new Map<string, Failures>()
  const known = (key: string): Failures | undefined => {
    const found = failures.get(key)
    return found === undefined || found.at + memoryMs < clock.now() ? undefined : found
  }
  const put = (key: string, count: number) => {
    const waitMs = count <= free ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, count - free - 1))
    failures.delete(key)
    if (count > 0) failures.set(key, { count, at: clock.now(), until: clock.now() + waitMs })
    if (failures.size > maxKeys) failures.delete(failures.keys().next().value ?? key)
  }
  return {
    attempt: (key) => {
      const before = known(key)
      const waitMs = (before?.until ?? 0) - clock.now()
      if (waitMs > 0) return waitMs
      // Counted before the slow part, so that many at once are not all the first.
      put(key, (before?.count ?? 0) + 1)
      return 0
    },
    succeeded: (key) => put(key, Math.max(0, (known(key)?.count ?? 0) - 1)),
    forget: (key) => {
      failures.delete(key)
    },
  }
}
