import type { Millis } from "../core/index.ts"
import type { IntentRule } from "./intent-rule.ts"
import { noKey } from "./join-keys.ts"
import { advance, copyOf, noProgress, type Progress } from "./progress.ts"
import { compareInTime, type Placed } from "./sighting.ts"

/**
 * Puts sightings in order of time before they count. Those within the rule's lateness of the newest are kept apart, so that another
 * one still finds its place among them; the rest is settled. Whatever the order of arrival within that bound, the outcome is the same.
 */
export interface Timeline {
  /** Of its progress. */
  readonly root: string
  settled: Progress | undefined
  /** In order. */
  recent: Placed[]
  /** What is settled and what is recent together, kept where working it out again would cost more than keeping it. */
  together: Progress | undefined
  newestAt: Millis
}

// A flood within the time of lateness is settled early, the oldest first; work and memory for one source stay bounded.
const maxRecent = 256
// Most sources have so few that the memory is worth more than the work.
const fewRecent = 8

export function emptyTimeline(root: string, settled?: Progress): Timeline {
  return { root, settled, recent: [], together: undefined, newestAt: settled?.lastAt ?? Number.NEGATIVE_INFINITY }
}

export function place(timeline: Timeline, placed: Placed, rule: IntentRule): void {
  const { recent } = timeline
  const { at } = placed.sighting
  if (at < timeline.newestAt - rule.lateMs) {
    settle(timeline, placed, rule)
    timeline.together = undefined
    return
  }
  timeline.newestAt = Math.max(timeline.newestAt, at)
  let index = recent.length
  while (index > 0 && isAfter(recent[index - 1], placed)) index--
  if (index < recent.length) timeline.together = undefined
  else if (timeline.together !== undefined) advance(timeline.together, placed, rule)
  // Most sources keep one: a list that grows from nothing takes room for many.
  if (recent.length === 0) timeline.recent = [placed]
  else recent.splice(index, 0, placed)
  settleOld(timeline, rule)
}

export function progressOf(timeline: Timeline, rule: IntentRule): Progress {
  const { settled, recent } = timeline
  if (timeline.together !== undefined) return timeline.together
  const together = settled === undefined ? noProgress(timeline.root) : copyOf(settled)
  for (const placed of recent) advance(together, placed, rule)
  if (recent.length > fewRecent) timeline.together = together
  return together
}

/** Whether what happens then begins another session. */
export function endsSilence(timeline: Timeline, at: Millis, rule: IntentRule): boolean {
  const { root, settled, newestAt } = timeline
  const isAfterWindow = (last: Millis) => at > last + rule.windowMs
  if (isAfterWindow(newestAt)) return true
  // Where stages lead from key to key, the newest may be one that does not count.
  return (
    root !== noKey &&
    isAfterWindow(settled?.lastAt ?? Number.NEGATIVE_INFINITY) &&
    isAfterWindow(progressOf(timeline, rule).lastAt)
  )
}

function isAfter(one: Placed | undefined, other: Placed): boolean {
  return one !== undefined && compareInTime(one, other) > 0
}

function settleOld(timeline: Timeline, rule: IntentRule): void {
  const { recent, newestAt } = timeline
  const due = recent.findIndex(({ sighting }) => sighting.at >= newestAt - rule.lateMs)
  const many = Math.max(due, recent.length - maxRecent)
  if (many <= 0) return
  for (const placed of recent.splice(0, many)) settle(timeline, placed, rule)
  if (recent.length <= fewRecent) timeline.together = undefined
}

function settle(timeline: Timeline, placed: Placed, rule: IntentRule): void {
  timeline.settled ??= noProgress(timeline.root)
  advance(timeline.settled, placed, rule)
}
