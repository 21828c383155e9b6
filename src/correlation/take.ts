import { noKey } from "./join-keys.ts"
import type { Links } from "./links.ts"
import type { Placement } from "./placement.ts"
import type { Take } from "./restore.ts"
import type { Placed } from "./sighting.ts"
import { endsSilence, place, progressOf } from "./timeline.ts"
import type { CompiledRule, Track } from "./track.ts"
import type { Tracks } from "./tracks.ts"

const none: readonly Track[] = []

/** Takes alerts into the tracks where they belong. */
export function createTake(tracks: Tracks): Take {
  const put = (track: Track, placed: Placed, beforeGap?: (track: Track) => void): boolean => {
    const { at } = placed.sighting
    if (at <= track.closedUntil) return false
    if (beforeGap !== undefined && endsSilence(track.timeline, at, track.compiled.rule)) beforeGap(track)
    track.alerts++
    place(track.timeline, placed, track.compiled.rule)
    tracks.touched(track, track.incident?.id)
    return true
  }

  const takeLinked = (
    { of, links, placement: { key, placed } }: Linked,
    beforeGap?: (track: Track) => void,
  ): readonly Track[] => {
    const found = new Set<Track>()
    // What can only begin an attack is followed from elsewhere by none.
    if (placed.stages.some((stage) => stage > 0)) {
      const keys = [...new Set(placed.details?.flatMap(({ from }) => from))]
      links.remember(keys, placed)
      for (const track of links.leadingTo(keys, placed.sighting.at)) found.add(track)
    }
    if (key !== noKey) found.add(tracks.of(of, key))
    const changed = [...found].filter((track) => put(track, placed, beforeGap))
    for (const track of changed) follow(track, links, (more) => put(track, more, beforeGap))
    return changed
  }

  return (of, alert, sighting, beforeGap) => {
    const placements = of.placementsOf(alert, sighting)
    const [placement] = placements
    if (placement === undefined) return none
    if (of.links !== undefined) return takeLinked({ of, links: of.links, placement }, beforeGap)
    return placements.flatMap(({ key, placed }) => {
      const track = tracks.of(of, key)
      return put(track, placed, beforeGap) ? [track] : []
    })
  }
}

interface Linked {
  readonly of: CompiledRule
  readonly links: Links
  readonly placement: Placement
}

/** Takes in what was seen already at the keys that the track leads to now; each may lead further, though no further than the rule has stages. */
function follow(track: Track, links: Links, put: (placed: Placed) => void): void {
  const { rule } = track.compiled
  for (let round = 0; round < rule.stages.length; round++) {
    let grown = false
    for (const [to, since] of progressOf(track.timeline, rule).leads) {
      for (const placed of links.lead(track, to, since)) {
        if (track.timeline.recent.some(({ sighting }) => sighting.id === placed.sighting.id)) continue
        put(placed)
        grown = true
      }
    }
    if (!grown) return
  }
}
