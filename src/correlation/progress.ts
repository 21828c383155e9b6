import type { AlertId, Millis, NodeRef } from "../core/index.ts"
import type { IntentRule } from "./intent-rule.ts"
import type { Placed, Sighting } from "./sighting.ts"

/** A stage that was reached in order, and what was seen of it since. */
export interface Step {
  readonly stage: number
  /** How many stages the run that ends here has. */
  readonly length: number
  /** Which of the steps comes before it in its run; -1: the run begins here. */
  readonly before: number
  firstAt: Millis
  lastAt: Millis
  count: number
  /** The highest of one alert. */
  score: number
  readonly intent: Sighting["intent"]
  readonly tactic: Sighting["tactic"]
  readonly technique: Sighting["technique"]
  /** The first of them. */
  readonly alerts: AlertId[]
  /** What happened until then is in `count` and `alerts` already: told before a restart. */
  readonly countedUntil: Millis
  /** Different ones, the first of them. */
  readonly titles: string[]
  readonly nodes: NodeRef[]
}

/**
 * How far one attacker came. Fed with sightings in order of time, a step is reached once and for all: for every stage and every
 * length of run, the earliest way there. So the state is as small as the rule, however many alerts there are, and no flood of
 * alerts of one stage can push another stage out of it.
 */
export interface Progress {
  readonly steps: Step[]
  /** Counts the silences longer than the rule's window: what comes after one has nothing to do with what was before. */
  session: number
  firstAt: Millis
  lastAt: Millis
}

// What an incident shows of a stage. Before it is one, a source keeps fewer: there may be a hundred thousand of them.
const maxAlerts = 100
const maxAlertsUnopened = 16
const maxTitles = 3
const maxNodes = 100

export function noProgress(): Progress {
  return { steps: [], session: 0, firstAt: 0, lastAt: Number.NEGATIVE_INFINITY }
}

export function copyOf({ steps, ...rest }: Progress): Progress {
  return { ...rest, steps: steps.map(copyOfStep) }
}

/** Takes one sighting in. One that comes out of order counts and begins runs, but never makes an earlier stage out of a later one. */
export function advance(progress: Progress, { sighting, stages }: Placed, rule: IntentRule): void {
  if (sighting.at > progress.lastAt + rule.windowMs) startSession(progress, sighting.at)
  if (sighting.at < progress.firstAt - rule.windowMs) return
  progress.firstAt = Math.min(progress.firstAt, sighting.at)
  progress.lastAt = Math.max(progress.lastAt, sighting.at)
  const most = progress.steps.some(({ length }) => length >= rule.opensAt) ? maxAlerts : maxAlertsUnopened
  // The later stages first: one alert alone is never two stages.
  for (const stage of stages) {
    for (const step of progress.steps) if (step.stage === stage) add(progress, step, { sighting, most })
    reach(progress, stage, { sighting, rule })
  }
}

/** The longest run of stages; of two as long, the one that ends further in the rule: the gravest reading wins. */
export function longestRun({ steps }: Progress): readonly Step[] {
  let last: Step | undefined
  for (const step of steps) {
    if (last === undefined || step.length > last.length || (step.length === last.length && step.stage > last.stage))
      last = step
  }
  const run: Step[] = []
  for (let step = last; step !== undefined; step = steps[step.before]) run.unshift(step)
  return run
}

function startSession(progress: Progress, at: Millis): void {
  progress.steps.length = 0
  progress.session++
  progress.firstAt = at
  progress.lastAt = at
}

interface Adding {
  readonly sighting: Sighting
  readonly most: number
}

function add({ steps }: Progress, step: Step, { sighting, most }: Adding): void {
  if (sighting.at < step.firstAt) {
    if (sighting.at < (steps[step.before]?.firstAt ?? sighting.at)) return
    step.firstAt = sighting.at
  }
  if (step.titles.length < maxTitles && !step.titles.includes(sighting.title)) step.titles.push(sighting.title)
  if (sighting.at <= step.countedUntil) return
  step.lastAt = Math.max(step.lastAt, sighting.at)
  step.count++
  step.score = Math.max(step.score, sighting.score)
  if (step.alerts.length < most) step.alerts.push(sighting.id)
  if (step.nodes.length < maxNodes && !step.nodes.some(({ id }) => id === sighting.node.id))
    step.nodes.push(sighting.node)
}

interface Reaching {
  readonly sighting: Sighting
  readonly rule: IntentRule
}

/** The lengths of run with which this sighting reaches its stage for the first time. */
function reach({ steps }: Progress, stage: number, { sighting, rule }: Reaching): void {
  for (let length = 1; length <= stage + 1; length++) {
    if (steps.some((step) => step.stage === stage && step.length === length)) continue
    if (length === 1) {
      if (stage === 0 || rule.startsAt === "any") steps.push(firstOf(sighting, { stage, length, before: -1 }))
      continue
    }
    const before = stepBefore(steps, { stage, length, at: sighting.at })
    if (before >= 0) steps.push(firstOf(sighting, { stage, length, before }))
  }
}

/** The first that was reached: of two as long, it is the one that came further, since the other would else be a longer one by now. */
function stepBefore(
  steps: readonly Step[],
  { stage, length, at }: { readonly stage: number; readonly length: number; readonly at: Millis },
): number {
  return steps.findIndex((step) => step.length === length - 1 && step.stage < stage && step.firstAt <= at)
}

function firstOf(sighting: Sighting, where: Pick<Step, "stage" | "length" | "before">): Step {
  const { id, at, score, intent, tactic, technique, title, node } = sighting
  return {
    ...where,
    ...{ firstAt: at, lastAt: at, count: 1, score, intent, tactic, technique },
    ...{ alerts: [id], titles: [title], nodes: [node], countedUntil: Number.NEGATIVE_INFINITY },
  }
}

function copyOfStep(step: Step): Step {
  return { ...step, alerts: [...step.alerts], titles: [...step.titles], nodes: [...step.nodes] }
}
