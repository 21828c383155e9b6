import type { Millis } from "../core/index.ts"
import type { IntentRule } from "./intent-rule.ts"
import { advance, copyOf, noProgress, type Progress } from "./progress.ts"
import { compareSightings, type Sighting } from "./sighting.ts"

/**
 * Puts sightings in order of time before they count. Those within the rule's lateness of the newest are kept apart, so that another
 * one still finds its place among them; the rest is settled. Whatever the order of arrival within that bound, the outcome is the same.
 */
export interface Timeline {
  settled: Progress | undefined
  /** In order. */
  readonly recent: Sighting[]
  /** What is settled and what is recent together; undefined until somebody asks. */
  together: Progress | undefined
  newestAt: Millis
}

// A flood within the time of lateness is settled early, the oldest first; work and memory for one source stay bounded.
const maxRecent = 256

export function emptyTimeline(settled?: Progress): Timeline {
  return { settled, recent: [], together: undefined, newestAt: settled?.lastAt ?? Number.NEGATIVE_INFINITY }
}

export function place(timeline: Timeline, sighting: Sighting, rule: IntentRule): void {
  const { recent } = timeline
  if (sighting.at < timeline.newestAt - rule.lateMs) {
    settle(timeline, sighting, rule)
    timeline.together = undefined
    return
  }
  timeline.newestAt = Math.max(timeline.newestAt, sighting.at)
  let index = recent.length
  while (index > 0 && isAfter(recent[index - 1], sighting)) index--
  if (index < recent.length) timeline.together = undefined
  else if (timeline.together !== undefined) advance(timeline.together, sighting, rule)
  recent.splice(index, 0, sighting)
  settleOld(timeline, rule)
}

export function progressOf(timeline: Timeline, rule: IntentRule): Progress {
  if (timeline.together === undefined) {
    const together = timeline.settled === undefined ? noProgress() : copyOf(timeline.settled)
    for (const sighting of timeline.recent) advance(together, sighting, rule)
    timeline.together = together
  }
  return timeline.together
}

function isAfter(one: Sighting | undefined, other: Sighting): boolean {
  return one !== undefined && compareSightings(one, other) > 0
}

function settleOld(timeline: Timeline, rule: IntentRule): void {
  const { recent, newestAt } = timeline
  const due = recent.findIndex(({ at }) => at >= newestAt - rule.lateMs)
  const many = Math.max(due, recent.length - maxRecent)
  for (const sighting of recent.splice(0, many)) settle(timeline, sighting, rule)
}

function settle(timeline: Timeline, sighting: Sighting, rule: IntentRule): void {
  timeline.settled ??= noProgress()
  advance(timeline.settled, sighting, rule)
}
