import type { Millis } from "../core/index.ts"
import type { Placed } from "./sighting.ts"
import type { Track } from "./track.ts"

/**
 * Which attacks lead to which keys, for one rule whose stages lead from key to key; and what was seen lately, by the keys that it is
 * found by, so that an alert that comes before the one that leads to it still finds its attack.
 */
export interface Links {
  /** The tracks that led to one of these keys by then. */
  leadingTo(keys: readonly string[], at: Millis): readonly Track[]
  remember(keys: readonly string[], placed: Placed): void
  /** Notes that a track leads to a key since then; gives what was seen there from then on, that it did not have. */
  lead(track: Track, key: string, since: Millis): readonly Placed[]
  forget(track: Track): void
}

// Tracks that lead to one key: more attacks at once on one node are told by their own stages.
const maxTracks = 64
// Within the time of lateness, of all keys together and of one.
const maxRecent = 5000
const maxRecentOfKey = 256
// Keys that one track leads to.
const maxKeys = 1024

export function createLinks(lateMs: Millis): Links {
  const tracksOf = new Map<string, Map<Track, Millis>>()
  const recent = new Map<string, Placed[]>()
  /** In order of arrival. */
  const arrived: { readonly key: string; readonly placed: Placed }[] = []
  let [first, newestAt] = [0, Number.NEGATIVE_INFINITY]

  const forgetOldest = () => {
    const oldest = arrived[first]
    if (oldest === undefined) return
    first++
    const row = recent.get(oldest.key)
    const place = row?.indexOf(oldest.placed) ?? -1
    if (place >= 0) row?.splice(place, 1)
    if (row?.length === 0) recent.delete(oldest.key)
    if (first > maxRecent) arrived.splice(0, first)
    if (first > maxRecent) first = 0
  }
  const isOld = ({ placed }: { readonly placed: Placed }) => placed.sighting.at < newestAt - lateMs

  return {
    leadingTo: (keys, at) => {
      const found = new Set<Track>()
      for (const key of keys) for (const [track, since] of tracksOf.get(key) ?? []) if (since <= at) found.add(track)
      return [...found]
    },
    remember: (keys, placed) => {
      newestAt = Math.max(newestAt, placed.sighting.at)
      for (const key of keys) {
        const row = recent.get(key) ?? []
        recent.set(key, row)
        if (row.length >= maxRecentOfKey) row.shift()
        row.push(placed)
        arrived.push({ key, placed })
      }
      for (let oldest = arrived[first]; oldest !== undefined; oldest = arrived[first]) {
        if (arrived.length - first <= maxRecent && !isOld(oldest)) break
        forgetOldest()
      }
    },
    lead: (track, key, since) => {
      const known = track.reached?.get(key)
      if (track.reached === undefined || (known !== undefined && known <= since)) return []
      const row = tracksOf.get(key) ?? new Map<Track, Millis>()
      if (known === undefined && (row.size >= maxTracks || track.reached.size >= maxKeys)) return []
      tracksOf.set(key, row)
      row.set(track, since)
      track.reached.set(key, since)
      return (recent.get(key) ?? []).filter(
        ({ sighting: { at } }) => at >= since && (known === undefined || at < known),
      )
    },
    forget: (track) => {
      for (const key of track.reached?.keys() ?? []) {
        const row = tracksOf.get(key)
        row?.delete(track)
        if (row?.size === 0) tracksOf.delete(key)
      }
      track.reached?.clear()
    },
  }
}
