import type { AlertId, Millis } from "../core/index.ts"
import type { Sighting } from "./sighting.ts"
import type { StageFilter } from "./stage-filter.ts"

/** What counts towards a stage: for each value (or each alert, where all count) the newest alert. */
export type Marks = Map<string, { readonly at: Millis; readonly id: AlertId }>

/** What a count changes of a step. */
interface Counting {
  firstAt: Millis
  lastAt: Millis
  reachedAt: Millis | undefined
  marks: Marks | undefined
  count: number
  readonly alerts: AlertId[]
}

/** Counts a sighting towards a step that is not reached yet, and tells it reached when there are enough. */
export function mark(
  step: Counting,
  { sighting, value }: { readonly sighting: Sighting; readonly value: string | null },
  { count, withinMs }: Pick<StageFilter, "count" | "withinMs">,
): void {
  const { marks } = step
  if (marks === undefined) return
  const { at, id } = sighting
  const name = value ?? id
  const known = marks.get(name)
  if (known === undefined || known.at < at) marks.set(name, { at, id })
  if (withinMs !== null) forgetOld(step, marks, step.lastAt - withinMs)
  if (marks.size < count) return
  step.reachedAt = step.lastAt
  step.marks = undefined
}

/** What fell out of the time that slides counts no more, and the step begins with what is left. */
function forgetOld(step: Counting, marks: Marks, since: Millis): void {
  let forgotten = false
  for (const [name, { at }] of marks) if (at < since) forgotten = marks.delete(name)
  if (!forgotten) return
  const left = [...marks.values()].sort((one, other) => one.at - other.at)
  step.firstAt = left[0]?.at ?? step.lastAt
  step.count = left.length
  step.alerts.splice(0, step.alerts.length, ...left.map(({ id }) => id).slice(0, maxAlerts))
}

const maxAlerts = 16
