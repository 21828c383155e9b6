import type { Millis } from "../core/index.ts"
import { addEvidence, addTitle, copyOfEvidence, type Evidence, evidenceOf } from "./evidence.ts"
import type { IntentRule } from "./intent-rule.ts"
import { noKey } from "./join-keys.ts"
import { isFound, type Leads, leadsWith, noLeads } from "./leads.ts"
import type { Placed, Sighting, StageDetail } from "./sighting.ts"
import { type Marks, mark } from "./threshold.ts"

/** A stage that was reached in order, or counts its first alerts, and what was seen of it since. */
export interface Step extends Evidence {
  readonly stage: number
  /** How many stages the run that ends here has. */
  readonly length: number
  /** Which of the steps comes before it in its run; -1: the run begins here. */
  readonly before: number
  /** The key that it leads to. */
  readonly to: string
  /** Undefined while it has too few alerts. */
  reachedAt: Millis | undefined
  /** What counts towards it until then. */
  marks: Marks | undefined
  /** What happened until then is in `count` and `alerts` already: told before a restart. */
  readonly countedUntil: Millis
}

/**
 * How far one attack came. Fed with sightings in order of time, a step is reached once and for all: for every stage, every length of
 * run and every key that it leads to, the earliest way there. So the state is as small as the rule, however many alerts there are,
 * and no flood of alerts of one stage can push another stage out of it.
 */
export interface Progress {
  /** The key that the attack began with, where stages lead from key to key. */
  readonly root: string
  steps: readonly Step[]
  leads: Leads
  /** Counts the silences longer than the rule's window: what comes after one has nothing to do with what was before. */
  session: number
  /** When the session before ended. */
  endedAt: Millis
  firstAt: Millis
  lastAt: Millis
}

// Keys that one stage leads to: an attack that goes to more nodes at once is seen by these.
const maxKeys = 256

const never = Number.NEGATIVE_INFINITY

export function noProgress(root = noKey): Progress {
  return { root, steps: [], leads: noLeads, session: 0, endedAt: never, firstAt: 0, lastAt: never }
}

export function copyOf({ steps, ...rest }: Progress): Progress {
  return { ...rest, steps: steps.map(copyOfStep) }
}

/** Takes one sighting in. One that comes out of order counts and begins runs, but never makes an earlier stage out of a later one. */
export function advance(progress: Progress, placed: Placed, rule: IntentRule): void {
  const { at } = placed.sighting
  if (!isFound(progress, placed)) return
  if (at > progress.lastAt + rule.windowMs) startSession(progress, at)
  if (at < progress.firstAt - rule.windowMs) return
  progress.firstAt = Math.min(progress.firstAt, at)
  progress.lastAt = Math.max(progress.lastAt, at)
  if (rule.order === "ordered") advanceInOrder(progress, placed, rule)
  else advanceUnordered(progress, placed, rule)
  if (progress.root !== noKey) progress.leads = leadsWith(progress.leads, progress.steps)
  if (placed.stages[0] === rule.stages.length) excuse(progress, at, rule)
}

/** What was reached, in order of time: in order the longest run; of two as long, the one that ends further in the rule: the gravest reading wins. */
export function runOf({ steps }: Progress, { order }: IntentRule): readonly Step[] {
  if (order === "unordered") {
    const reached = steps.filter(({ reachedAt }) => reachedAt !== undefined)
    return reached.sort((one, other) => (one.reachedAt ?? 0) - (other.reachedAt ?? 0) || one.stage - other.stage)
  }
  let last: Step | undefined
  for (const step of steps) {
    if (step.reachedAt === undefined) continue
    if (last === undefined || step.length > last.length || (step.length === last.length && step.stage > last.stage))
      last = step
  }
  const run: Step[] = []
  for (let step = last; step !== undefined; step = steps[step.before]) run.unshift(step)
  return run
}

/** When so many stages were reached that an incident opens; undefined before. */
export function openedAt({ steps }: Progress, { order, opensAt }: IntentRule): Millis | undefined {
  const times = steps
    .filter(({ reachedAt, length }) => reachedAt !== undefined && (order === "unordered" || length >= opensAt))
    .map(({ reachedAt }) => reachedAt ?? 0)
    .sort((one, other) => one - other)
  return times[order === "unordered" ? opensAt - 1 : 0]
}

/** Whether so many stages were reached that an incident opens. */
function isOpened({ steps }: Progress, { order, opensAt }: IntentRule): boolean {
  let reached = 0
  for (const { reachedAt, length } of steps) {
    if (reachedAt === undefined) continue
    if (order === "unordered" ? ++reached >= opensAt : length >= opensAt) return true
  }
  return false
}

function startSession(progress: Progress, at: Millis): void {
  progress.steps = []
  progress.session++
  progress.endedAt = progress.lastAt
  progress.firstAt = at
  progress.lastAt = at
}

/** What followed in time makes it none: it begins afresh. */
function excuse(progress: Progress, at: Millis, rule: IntentRule): void {
  const opened = openedAt(progress, rule)
  if (rule.unless !== null && opened !== undefined && at >= opened && at <= opened + rule.unless.withinMs)
    progress.steps = []
}

interface Taking {
  readonly sighting: Sighting
  readonly detail: StageDetail
  readonly rule: IntentRule
}

const plain: StageDetail = { from: [noKey], to: [noKey], value: null }

function advanceInOrder(progress: Progress, { sighting, stages, details }: Placed, rule: IntentRule): void {
  // The later stages first: one alert alone is never two stages.
  for (const [place, stage] of stages.entries()) {
    if (stage === rule.stages.length) continue
    const taking = { sighting, detail: details?.[place] ?? plain, rule }
    for (const to of taking.detail.to)
      for (let length = 1; length <= stage + 1; length++) takeStep(progress, { stage, length, to }, taking)
  }
}

function advanceUnordered(progress: Progress, { sighting, stages, details }: Placed, rule: IntentRule): void {
  const stepOf = (stage: number) => progress.steps.find((step) => step.stage === stage)
  const own = stages.filter((stage) => stage < rule.stages.length)
  // One alert is one stage: the latest that is not reached yet.
  const stage = own.find((one) => stepOf(one)?.reachedAt === undefined) ?? own[0]
  if (stage === undefined) return
  const taking = { sighting, detail: details?.[stages.indexOf(stage)] ?? plain, rule }
  const step = stepOf(stage)
  if (step !== undefined) add(progress, step, taking)
  else begin(progress, { stage, length: 1, before: -1, to: noKey }, taking)
}

type Where = Pick<Step, "stage" | "length" | "to">

/** Counts towards the step, or begins it where this is the first sighting that could. */
function takeStep(progress: Progress, where: Where, taking: Taking): void {
  const { root, steps } = progress
  const { stage, length, to } = where
  const { detail, rule, sighting } = taking
  const known = steps.find((step) => step.stage === stage && step.length === length && step.to === to)
  if (known !== undefined) {
    const led = steps[known.before]?.to ?? root
    // Or by another way: which was the first must not matter for how many there are.
    const isLed = detail.from.includes(led) || stepBefore(steps, where, { at: sighting.at, from: detail.from }) >= 0
    if (isLed) add(progress, known, taking)
    return
  }
  if (root !== noKey && steps.filter((step) => step.stage === stage && step.length === length).length >= maxKeys) return
  if (length === 1) {
    const mayBegin = (stage === 0 || rule.startsAt === "any") && detail.from.includes(root)
    if (mayBegin) begin(progress, { ...where, before: -1 }, taking)
    return
  }
  const before = stepBefore(steps, where, { at: sighting.at, from: detail.from })
  if (before >= 0) begin(progress, { ...where, before }, taking)
}

/** The first that was reached: of two as long, it is the one that came further, since the other would else be a longer one by now. */
function stepBefore(
  steps: readonly Step[],
  { stage, length }: Where,
  { at, from }: { readonly at: Millis; readonly from: readonly string[] },
): number {
  let found = -1
  let foundAt = Number.POSITIVE_INFINITY
  for (const [index, step] of steps.entries()) {
    if (step.length !== length - 1 || step.stage >= stage || step.reachedAt === undefined) continue
    if (step.reachedAt > at || step.reachedAt >= foundAt || !from.includes(step.to)) continue
    found = index
    foundAt = step.reachedAt
  }
  return found
}

function add(progress: Progress, step: Step, { sighting, detail, rule }: Taking): void {
  const threshold = rule.stages[step.stage]
  if (sighting.at < step.firstAt) {
    if (sighting.at < (progress.steps[step.before]?.reachedAt ?? sighting.at)) return
    step.firstAt = sighting.at
    if (threshold?.count === 1) step.reachedAt = sighting.at
  }
  addTitle(step, sighting)
  if (sighting.at <= step.countedUntil) return
  addEvidence(step, sighting, isOpened(progress, rule))
  if (threshold !== undefined) mark(step, { sighting, value: detail.value }, threshold)
}

function begin(progress: Progress, where: Parameters<typeof firstOf>[0], taking: Taking): void {
  // Few steps, and many of these lists: one that grows by itself takes room for many.
  progress.steps = [...progress.steps, firstOf(where, taking)]
}

function firstOf(where: Pick<Step, "stage" | "length" | "before" | "to">, { sighting, detail, rule }: Taking): Step {
  const threshold = rule.stages[where.stage]
  const counts = threshold !== undefined && threshold.count > 1
  const step: Step = {
    ...where,
    ...evidenceOf(sighting),
    countedUntil: never,
    reachedAt: counts ? undefined : sighting.at,
    marks: counts ? new Map() : undefined,
  }
  if (counts) mark(step, { sighting, value: detail.value }, threshold)
  return step
}

function copyOfStep(step: Step): Step {
  const marks = step.marks === undefined ? undefined : new Map(step.marks)
  return { ...step, marks, ...copyOfEvidence(step) }
}
