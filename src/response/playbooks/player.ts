import type { AlertId, Countermeasure, Incident, PlaybookId, PlaybookRun, StepResult } from "../../core/index.ts"
import type { Circumstances } from "../guardrails/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { type Batch, createBatch } from "./batch.ts"
import type { PlaybookDirectory } from "./directory.ts"
import type { Occasion } from "./occasion.ts"
import { occasionsOf, type Seen, subjectOf } from "./occasions.ts"
import type { ReadyPlaybook } from "./ready.ts"
import { begun, joined, reasonOf } from "./run-record.ts"
import { belongsTo, createRecentRuns, type RecentRuns, runIdOf } from "./runs.ts"
import { type Played, playedOf, type Scene } from "./scene.ts"
import type { StepContext } from "./step.ts"
import { isDone, runSteps } from "./steps.ts"

export interface PlayerDeps extends Pick<Parts, "deps" | "wanted" | "memory" | "statuses" | "circumstances"> {
  readonly ready: () => readonly ReadyPlaybook[]
  readonly directory: PlaybookDirectory
}

export interface Player {
  /** `decided` is what policies decided about the same. */
  play(seen: Seen, decided: readonly Countermeasure[]): Promise<Played>
  /** Goes on with a run: one that waits, or that a person accepted. */
  resume(
    run: PlaybookRun,
    of: ReadyPlaybook,
    how: { readonly occasion: Occasion; readonly by: string },
  ): Promise<Played>
  /** What would come of it now; nothing is changed or remembered. */
  rehearse(of: ReadyPlaybook, occasion: Occasion): Promise<Rehearsal>
  /** It is stored. */
  took(played: Played): void
  readonly recent: RecentRuns
  /** How many runs were not begun since this was asked last, because there were too many. */
  leftOut(): number
}

export interface Rehearsal {
  readonly steps: readonly StepResult[]
  readonly countermeasures: readonly Countermeasure[]
}

// New runs of each playbook, so that a flood that sets off one of them keeps no other from its work. The guardrails let 60 blocks and
// 5 quarantines pass in a minute; the rest is for other steps.
const maxRunsPerMinute = 100
// What one page of the store holds.
const idsPerQuery = 1000

export function createPlayer({ deps, wanted, memory, statuses, circumstances, ready, directory }: PlayerDeps): Player {
  const { clock, store } = deps
  const recent = createRecentRuns()
  let minute = { since: Number.NEGATIVE_INFINITY, begun: new Map<PlaybookId, number>() }
  let unbegun = 0

  const begunBy = (id: PlaybookId) => minute.begun.get(id) ?? 0
  const isFull = (id: PlaybookId) => {
    const now = clock.now()
    if (Math.abs(now - minute.since) >= 60_000) minute = { since: now, begun: new Map() }
    return begunBy(id) >= maxRunsPerMinute
  }

  /** True for what was delivered before: what is stored was decided about in the same transaction. */
  const isOld = async (scene: Scene, { alerts }: Occasion) => {
    const arrived = alerts.filter((id) => scene.arrived.has(id))
    if (arrived.length === 0) return false
    scene.stored ??= await storedOf([...scene.arrived])
    return arrived.every((id) => scene.stored?.has(id))
  }
  const storedOf = async (ids: readonly AlertId[]) => {
    const stored = new Set<AlertId>()
    for (let start = 0; start < ids.length; start += idsPerQuery) {
      const slice = ids.slice(start, start + idsPerQuery)
      for (const { id } of (await store.alerts({ ids: slice, limit: idsPerQuery })).items) stored.add(id)
    }
    return stored
  }

  const contextOf = (of: ReadyPlaybook, occasion: Occasion, around: Circumstances, batch: Batch): StepContext => ({
    ...{ deps, ready: of, occasion, around, batch, directory },
    how: "do",
    notesOf: async (incident) => (await store.incidentNotes(incident)) ?? { incident, assignee: null, comments: [] },
    giveStatus: statuses.give,
    endedByPerson: async (id) => {
      const ended = wanted.get(id) === undefined ? await store.countermeasure(id) : undefined
      return ended?.endReason != null && ended.endReason !== "expired"
    },
    reason: reasonOf(of.playbook, occasion),
  })

  const createScene = (decided: readonly Countermeasure[], alerts: Seen["alerts"] = []): Scene => ({
    arrived: new Set(alerts.map(({ id }) => id)),
    stored: undefined,
    batch: createBatch(wanted, decided),
    runs: new Map(),
    counted: new Map(),
    audit: [],
    notices: [],
    around: undefined,
  })
  /** Read once for all that is decided in one go; undefined when it can't be read. */
  const aroundFor = async (scene: Scene) => {
    try {
      scene.around ??= await circumstances.now()
    } catch (error) {
      deps.onError?.(error)
    }
    return scene.around
  }

  const perform = async (scene: Scene, of: ReadyPlaybook, { occasion, run }: Turn) => {
    const { playbook } = of
    const around = await aroundFor(scene)
    // A run that a person accepted is theirs.
    const acts = playbook.mode === "automatic" || run.by !== `playbook:${playbook.id}`
    if (around === undefined) return note(scene, run, { ...run, state: run.steps.length === 0 ? "waiting" : run.state })
    const context = contextOf(of, occasion, around, scene.batch)
    const results = await runSteps({ ...context, how: acts ? "do" : "weigh" }, run.steps)
    const state = acts ? "done" : playbook.mode === "interactive" ? "proposed" : "monitored"
    const steps = acts
      ? results
      : results.map(
          (result): StepResult => (isDone(result) ? { ...result, outcome: state, countermeasures: [] } : result),
        )
    note(scene, run, { ...run, state, steps })
  }

  /** Keeps the run, and what of it is news goes into the audit log. */
  const note = (scene: Scene, before: PlaybookRun, after: PlaybookRun) => {
    const fresh = after.steps.filter((step, index) => isNews(step, before.steps[index]))
    const longer = after.steps.some(({ countermeasures }) =>
      scene.batch.countermeasures().some(({ id }) => countermeasures.includes(id)),
    )
    const quiet = fresh.length === 0 && !longer && before.state === after.state && before.steps.length > 0
    if (quiet) return void scene.counted.set(after.id, after)
    const run = { ...after, updatedAt: clock.now() }
    scene.runs.set(run.id, run)
    scene.counted.delete(run.id)
    if (fresh.length === 0 && before.state === after.state) return
    const told = fresh.map(({ sentence, step: _, ...came }) => ({ step: sentence, ...came }))
    const actor = { who: run.by, from: null }
    const change = {
      action: `playbook ${actions[run.state]}`,
      subject: `playbook-run:${run.id}`,
      before: null,
      after: { playbook: run.playbook, subject: run.subject, incident: run.incident, alerts: run.alerts, steps: told },
    }
    scene.audit.push(auditOf(deps, actor, change))
    for (const { step, outcome } of fresh) {
      const wish = readyOf(run)?.playbook.steps[step]
      if (wish?.kind !== "notify" || outcome !== "done") continue
      scene.notices.push({ target: wish.target, text: wish.text, run })
    }
  }
  const readyOf = ({ playbook: id }: PlaybookRun) => ready().find(({ playbook }) => playbook.id === id)

  const on = async (scene: Scene, of: ReadyPlaybook, occasion: Occasion) => {
    const { playbook } = of
    if (memory.knows({ policy: { count: 1 }, incident: occasion.incident, alerts: occasion.alerts })) return
    if (await isOld(scene, occasion)) return
    const subject = subjectOf(occasion)
    const id = runIdOf(playbook.id, occasion)
    const remembered = runIn(scene, playbook.id, subject) ?? recent.of(playbook.id, subject)
    if (remembered === undefined && isFull(playbook.id)) return void unbegun++
    const before = remembered ?? (await store.playbookRun(id))
    if (before !== undefined && belongsTo(before, playbook, occasion, clock.now())) {
      if (before.state !== "done" && before.state !== "proposed") return
      return perform(scene, of, { occasion, run: joined(before, occasion) })
    }
    if (isFull(playbook.id)) return void unbegun++
    minute.begun.set(playbook.id, begunBy(playbook.id) + 1)
    return perform(scene, of, { occasion, run: begun(id, { playbook, occasion, subject, now: clock.now() }) })
  }

  return {
    recent,
    play: async (seen, decided) => {
      const scene = createScene(decided, seen.alerts)
      for (const one of ready())
        if (one.playbook.enabled)
          for (const occasion of occasionsOf(one.playbook, seen))
            if (one.when.holds(occasion)) await on(scene, one, occasion)
      return playedOf(scene)
    },
    resume: async (run, of, { occasion, by }) => {
      const scene = createScene([])
      const again: PlaybookRun = run.state === "proposed" ? { ...run, by, state: "done", steps: [] } : { ...run, by }
      await perform(scene, of, { occasion, run: again })
      return playedOf(scene)
    },
    rehearse: async (of, occasion) => {
      const batch = createBatch(wanted)
      const context = contextOf(of, occasion, await circumstances.now(), batch)
      // As the incident would be, while nobody's memory of it is changed.
      const giveStatus = (incident: Incident, status: Incident["status"]) => ({ ...incident, status })
      const steps = await runSteps({ ...context, giveStatus })
      return { steps, countermeasures: batch.countermeasures() }
    },
    took: ({ playbookRuns, counted }) => recent.put([...playbookRuns, ...counted]),
    leftOut: () => {
      const count = unbegun
      unbegun = 0
      return count
    },
  }
}

interface Turn {
  readonly occasion: Occasion
  readonly run: PlaybookRun
}

const actions = {
  done: "run",
  proposed: "proposed",
  monitored: "not enforced (monitor)",
  waiting: "held: the guardrails can't be asked",
  rejected: "rejected",
} as const

function runIn({ runs, counted }: Scene, playbook: PlaybookId, subject: string): PlaybookRun | undefined {
  for (const some of [counted, runs])
    for (const run of some.values()) if (run.playbook === playbook && run.subject === subject) return run
  return undefined
}

function isNews(after: StepResult, before: StepResult | undefined): boolean {
  return before === undefined || (after.outcome !== before.outcome && !(isDone(after) && isDone(before)))
}
