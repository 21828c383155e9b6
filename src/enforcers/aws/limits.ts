import type { Clock, Millis } from "../../core/index.ts"

/** How long a limit that AWS set is believed before it is tried again. */
const believedMs: Millis = 600_000

/** What AWS said is all the room there is, by whatever it limits. */
export interface Limits<Key> {
  /** A copy, to be changed and noted. */
  now(): Map<Key, number>
  note(limits: ReadonlyMap<Key, number>): void
}

export function createLimits<Key>(clock: Clock): Limits<Key> {
  let known: ReadonlyMap<Key, number> = new Map()
  let since: Millis = 0
  const now = () => new Map(clock.now() - since < believedMs ? known : [])
  return {
    now,
    note: (limits) => {
      // What is only believed on is no news.
      if (now().size === 0) since = clock.now()
      known = new Map(limits)
    },
  }
}
