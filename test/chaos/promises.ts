import type { AlertId, Millis } from "../../src/core/index.ts"
import type { Promises } from "./invariants.ts"

/** What was promised so far, as it was answered. */
export interface Pledge {
  stored(alerts: readonly AlertId[]): void
  /** Null: until someone ends it. A later end wins. */
  blocked(address: string, until: Millis | null): void
  free(address: string): void
  /** Two things happened at once, and either may have come last. */
  unclear(address: string): void
  /** Never to be touched from now on, until it is a friend no more. */
  friend(address: string, isOne: boolean): void
  isFriend(address: string): boolean
  did(action: string, subject: string): void
  now(): Promises
}

export function createPledge(): Pledge {
  const acknowledged = new Set<AlertId>()
  const blocked = new Map<string, Millis | null>()
  const free = new Set<string>()
  const friends = new Set<string>()
  const done: { readonly action: string; readonly subject: string }[] = []
  return {
    stored: (alerts) => {
      for (const id of alerts) acknowledged.add(id)
    },
    blocked: (address, until) => {
      free.delete(address)
      const before = blocked.get(address)
      blocked.set(address, before === null || until === null ? null : Math.max(before ?? 0, until))
    },
    free: (address) => {
      blocked.delete(address)
      free.add(address)
    },
    unclear: (address) => {
      blocked.delete(address)
      free.delete(address)
    },
    friend: (address, isOne) => void (isOne ? friends.add(address) : friends.delete(address)),
    isFriend: (address) => friends.has(address),
    did: (action, subject) => done.push({ action, subject }),
    now: () => ({ acknowledged, blocked, free, done }),
  }
}
