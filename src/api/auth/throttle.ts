import type { Clock, Millis } from "../../core/index.ts"

export interface ThrottleOptions {
  /** So many failures are typing errors; from then on the wait doubles. */
  readonly free: number
  readonly longestWaitMs: Millis
}

export interface Throttle {
  /** How long this one has to wait; 0 when it may try. */
  waitMs(key: string): Millis
  failed(key: string): void
  /** Takes one failure back. */
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
  return {
    waitMs: (key) => Math.max(0, (known(key)?.until ?? 0) - clock.now()),
    failed: (key) => {
      const count = (known(key)?.count ?? 0) + 1
      const waitMs = count <= free ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, count - free - 1))
      failures.delete(key)
      failures.set(key, { count, at: clock.now(), until: clock.now() + waitMs })
      if (failures.size > maxKeys) failures.delete(failures.keys().next().value ?? key)
    },
    succeeded: (key) => {
      const before = known(key)
      if (before !== undefined)
        failures.set(key, { ...before, count: Math.max(0, before.count - 1), until: clock.now() })
    },
    forget: (key) => {
      failures.delete(key)
    },
  }
}
