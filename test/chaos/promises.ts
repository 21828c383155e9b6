import type { AlertId, Millis } from "../../src/core/index.ts"
import type { Promises } from "./invariants.ts"

/** What was promised so far, as it was answered. */
export interface Pledge {
  stored(alerts: readonly AlertId[]): void
  /** Null: until someone ends it. A later end wins. */
  blocked(address: string, until: Millis | null): void
  free(address: string): void
  /** It may be blocked now, and need not be. */
  suspect(address: string): void
  /** Two things happened at once, and either may have come last. */
  unclear(address: string): void
  /** Never to be touched from now on, until it is a friend no more. */
  friend(address: string, isOne: boolean): void
  isFriend(address: string): boolean
  /** How often somebody let this address go: what was sent before may have been decided before, too. */
  releases(address: string): number
  did(action: string, subject: string): void
  /** What may have ended by itself is promised no more. */
  lapse(now: Millis): void
  now(): Promises
}

// Ends of seconds, and a step by which blocks are not prolonged.
const lapseMs: Millis = 15_000

export function createPledge(): Pledge {
  const acknowledged = new Set<AlertId>()
  const blocked = new Map<string, Millis | null>()
  const free = new Set<string>()
  const friends = new Set<string>()
  const done: { readonly action: string; readonly subject: string }[] = []
  const released = new Map<string, number>()
  const release = (address: string) => released.set(address, (released.get(address) ?? 0) + 1)
  return {
    stored: (alerts) => {
      for (const id of alerts) acknowledged.add(id)
    },
    blocked: (address, until) => {
      free.delete(address)
      const before = blocked.get(address)
      blocked.set(address, before === null || until === null ? null : Math.max(before ?? 0, until))
    },
    suspect: (address) => void free.delete(address),
    releases: (address) => released.get(address) ?? 0,
    free: (address) => {
      release(address)
      blocked.delete(address)
      free.add(address)
    },
    unclear: (address) => {
      release(address)
      blocked.delete(address)
      free.delete(address)
    },
    friend: (address, isOne) => void (isOne ? friends.add(address) : friends.delete(address)),
    isFriend: (address) => friends.has(address),
    did: (action, subject) => done.push({ action, subject }),
    lapse: (now) => {
      for (const [address, until] of blocked) if (until !== null && until <= now + lapseMs) blocked.delete(address)
    },
    now: () => ({ acknowledged, blocked, free, done }),
  }
}
