import type { Millis } from "../core/index.ts"
import { addEvidence, addTitle, type Evidence, evidenceOf } from "./evidence.ts"
import type { Sighting } from "./sighting.ts"
import type { StageFilter } from "./stage-filter.ts"

/** What counts towards a stage: for each value (or each alert, where all count) the newest alert. */
export type Marks = Map<string, Sighting>

/** What a count changes of a step. */
interface Counting extends Evidence {
  reachedAt: Millis | undefined
  marks: Marks | undefined
}

/** Counts a sighting towards a step that is not reached yet, and tells it reached when there are enough. */
export function mark(
  step: Counting,
  { sighting, value }: { readonly sighting: Sighting; readonly value: string | null },
  { count, withinMs }: Pick<StageFilter, "count" | "withinMs">,
): void {
  const { marks, lastAt } = step
  if (marks === undefined) return
  const name = value ?? sighting.id
  const known = marks.get(name)
  if (known === undefined || known.at < sighting.at) marks.set(name, sighting)
  const since = withinMs === null ? Number.NEGATIVE_INFINITY : lastAt - withinMs
  if (withinMs !== null) forgetOld(marks, since)
  if (marks.size < count) return
  if (step.firstAt < since) beginWithWhatIsLeft(step, marks)
  step.reachedAt = lastAt
  step.marks = undefined
}

/** What fell out of the time that slides counts no more. */
function forgetOld(marks: Marks, since: Millis): void {
  for (const [name, { at }] of marks) if (at < since) marks.delete(name)
}

/** Nor is anything told of it: not its node, not its attacker. */
function beginWithWhatIsLeft(step: Counting, marks: Marks): void {
  const [first, ...rest] = [...marks.values()].sort((one, other) => one.at - other.at)
  if (first === undefined) return
  Object.assign(step, evidenceOf(first))
  for (const sighting of rest) {
    addTitle(step, sighting)
    addEvidence(step, sighting, false)
  }
}
