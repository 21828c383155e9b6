import type { Clock, Millis } from "../../core/index.ts"

export interface Reading<T> {
  readonly token: string
  readonly value: T
}

/**
 * The newest that is known of each resource. Reads may be old for a while after a write, but lock tokens tell: one that we replaced
 * ourselves is certainly older than what we wrote.
 */
export interface Newest<T> {
  /** We wrote, and the service took it. */
  wrote(key: string, replaced: string | undefined, now: Reading<T>): void
  /** The service refused a change with this token: somebody else wrote. */
  refused(key: string, token: string): void
  /** The newer of what was read and what we wrote; `shown` when the service itself shows it. Undefined: there is none. */
  of(key: string, read: Reading<T> | undefined): (Reading<T> & { readonly shown: boolean }) | undefined
  forget(key: string): void
  keys(): readonly string[]
}

interface Known<T> {
  readonly written: Reading<T> | undefined
  readonly at: Millis
  readonly replaced: Set<string>
}

// AWS names "a few seconds to a number of minutes" for changes to reach everywhere; its API itself is far quicker.
const doubtMs: Millis = 120_000
// Each write replaces one, and they count for two minutes at one a second.
const maxReplaced = 200

export function createNewest<T>(clock: Clock): Newest<T> {
  const known = new Map<string, Known<T>>()
  const knownOf = (key: string): Known<T> => {
    const found = known.get(key)
    if (found === undefined || clock.now() - found.at > doubtMs)
      return { written: undefined, at: clock.now(), replaced: new Set() }
    return found
  }
  const replacedWith = (replaced: ReadonlySet<string>, token: string | undefined) =>
    new Set([...replaced, ...(token === undefined ? [] : [token])].slice(-maxReplaced))
  return {
    wrote: (key, token, written) =>
      void known.set(key, { written, at: clock.now(), replaced: replacedWith(knownOf(key).replaced, token) }),
    refused: (key, token) =>
      void known.set(key, {
        written: undefined,
        at: clock.now(),
        replaced: replacedWith(knownOf(key).replaced, token),
      }),
    of: (key, read) => {
      const { written, replaced } = knownOf(key)
      if (read === undefined) return written === undefined ? undefined : { ...written, shown: false }
      if (written?.token === read.token) return { ...read, shown: true }
      if (!replaced.has(read.token)) return { ...read, shown: true }
      return { ...(written ?? read), shown: false }
    },
    forget: (key) => void known.delete(key),
    keys: () => [...known.keys()].filter((key) => knownOf(key).written !== undefined),
  }
}
