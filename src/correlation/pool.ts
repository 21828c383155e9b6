import { createShelf, type Millis, type Shelf } from "../core/index.ts"
import type { Track } from "./track.ts"

/** Tracks that are remembered within a budget. */
export interface Pool {
  /** Puts a track in, or where it belongs now, as the one that was used last. */
  put(track: Track, standing: Standing): void
  remove(track: Track): void
  /** What gives way next; undefined: there is room for all. */
  surplus(): Track | undefined
  size(): number
}

export interface Standing {
  /** How far it came. */
  readonly rank: number
  /** How much of the budget it takes. */
  readonly weight: number
}

// Of the budget, for those that were used last, whatever their rank: a flood that came far must leave room for who begins now.
const youngShare = 0.25

/**
 * A quarter of the budget has the tracks that were used last. The others stand by their ranks, and the lowest gives way first, then the
 * quietest: so a flood of sources that came less far never pushes out one that came further. What is over gives way before that: the
 * next alert would begin it afresh.
 */
export function createPool(budget: number, ranks: number, now: () => Millis): Pool {
  const young = createShelf<Track>()
  const shelves: readonly Shelf<Track>[] = Array.from({ length: ranks }, () => createShelf<Track>())
  let [weight, youngWeight, size] = [0, 0, 0]

  const shelfOf = ({ isYoung, rank }: Track) => (isYoung ? young : shelves[rank])
  const remove = (track: Track) => {
    shelfOf(track)?.remove(track)
    if (track.isYoung) youngWeight -= track.weight
    weight -= track.weight
    size--
    track.pool = undefined
  }
  /** Those that were not used lately take their places by rank. */
  const settle = () => {
    for (let oldest = young.quietest(); oldest !== undefined; oldest = young.quietest()) {
      if (youngWeight <= budget * youngShare) return
      young.remove(oldest)
      youngWeight -= oldest.weight
      oldest.isYoung = false
      shelves[oldest.rank]?.put(oldest)
    }
  }
  const isOver = ({ timeline, compiled }: Track) => timeline.newestAt + compiled.rule.windowMs < now()

  const pool: Pool = {
    put: (track, standing) => {
      track.pool?.remove(track)
      track.pool = pool
      track.isYoung = true
      track.rank = Math.min(ranks - 1, standing.rank)
      track.weight = standing.weight
      weight += track.weight
      youngWeight += track.weight
      size++
      young.put(track)
      settle()
    },
    remove,
    surplus: () => {
      if (weight <= budget) return undefined
      let found: Track | undefined
      for (let rank = ranks - 1; rank >= 0; rank--) {
        const quietest = shelves[rank]?.quietest()
        if (quietest === undefined) continue
        found = quietest
        if (isOver(quietest)) break
      }
      return found ?? young.quietest()
    },
    size: () => size,
  }
  return pool
}
