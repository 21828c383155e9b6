/** Milliseconds since the Unix epoch, or a length of time in milliseconds. */
export type Millis = number

/** The only source of time; comes in through `deps`, so that tests can turn it by hand. */
export interface Clock {
  now(): Millis
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until told to move. */
export function createManualClock(start: Millis): Clock & { advance(byMs: Millis): void; set(to: Millis): void } {
  let now = start
  return {
    now: () => now,
    advance: (byMs) => {
      now += byMs
    },
    set: (to) => {
      now = to
    },
  }
}
