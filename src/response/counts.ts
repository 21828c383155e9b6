import { createShelf, type Millis, type Shelved } from "../core/index.ts"

/** How many, within which time. */
export interface Enough {
  readonly count: number
  readonly windowMs: Millis
}

/** Counts different things for each key within a window, for policies that want more than one. */
export interface Counts {
  /** Counts this one; told again, it is still one. */
  add(key: string, one: { readonly id: string; readonly at: Millis }, enough: Enough): void
  /** This one counts no more. */
  remove(key: string, id: string): void
  /** The ids of all that count now, when they are enough. */
  reached(key: string, enough: Enough): readonly string[] | undefined
  /** When the first of those was. */
  oldestAt(key: string, enough: Enough): Millis
}

interface Entry extends Shelved<Entry> {
  readonly key: string
  readonly times: Map<string, Millis>
  newestAt: Millis
}

// Things counted over all keys, some 100 bytes each. Beyond, keys with a single one are forgotten first, then the quietest, so that
// a flood of new sources does not start the count of a steady one again.
const maxEntries = 500_000

export function createCounts(most: number = maxEntries): Counts {
  const entries = new Map<string, Entry>()
  const [single, several] = [createShelf<Entry>(), createShelf<Entry>()]
  let held = 0

  const shelfOf = ({ times }: Entry) => (times.size > 1 ? several : single)
  const takeOut = (key: string): Entry => {
    const known = entries.get(key)
    if (known !== undefined) {
      shelfOf(known).remove(known)
      return known
    }
    const made: Entry = { key, times: new Map(), newestAt: 0, quieter: undefined, busier: undefined }
    entries.set(key, made)
    return made
  }
  const makeRoom = (keep: Entry) => {
    while (held > most) {
      const quietest = single.quietest() ?? several.quietest()
      if (quietest === undefined || quietest === keep) return
      shelfOf(quietest).remove(quietest)
      entries.delete(quietest.key)
      held -= quietest.times.size
    }
  }

  return {
    add: (key, { id, at }, enough) => {
      const entry = takeOut(key)
      const before = entry.times.size
      entry.newestAt = Math.max(entry.newestAt, at)
      entry.times.delete(id)
      entry.times.set(id, at)
      trim(entry, enough)
      held += entry.times.size - before
      shelfOf(entry).put(entry)
      makeRoom(entry)
    },
    remove: (key, id) => {
      const entry = entries.get(key)
      if (entry?.times.has(id) !== true) return
      shelfOf(entry).remove(entry)
      entry.times.delete(id)
      held--
      shelfOf(entry).put(entry)
    },
    oldestAt: (key, { windowMs }) => {
      const { times = new Map<string, Millis>(), newestAt = 0 } = entries.get(key) ?? {}
      return [...times.values()].reduce((one, at) => (at > newestAt - windowMs && at < one ? at : one), newestAt)
    },
    reached: (key, { count, windowMs }) => {
      const entry = entries.get(key)
      if (entry === undefined || entry.times.size < count) return undefined
      const within = [...entry.times].filter(([, time]) => time > entry.newestAt - windowMs)
      return within.length < count ? undefined : within.map(([id]) => id)
    },
  }
}

/** Drops what no later one can be counted with. More than `count` are never looked at, so the newest of them are enough. */
function trim({ times, newestAt }: Entry, { count, windowMs }: Enough): void {
  for (const [id, time] of times) {
    if (time > newestAt - windowMs) break
    times.delete(id)
  }
  if (times.size <= 2 * count) return
  const newest = [...times].sort(([, one], [, other]) => one - other).slice(-count)
  times.clear()
  for (const [id, time] of newest) times.set(id, time)
}
