import { type Countermeasure, type Playbook, type PlaybookId, type PlaybookRun, ThwartError } from "../../core/index.ts"
import type { Page, PlaybookRunQuery, PlaybookSwitch } from "../../store/store.ts"
import { auditOf, type Parts } from "../parts.ts"
import type { Actor } from "../services.ts"
import { checkPlaybook } from "./check.ts"
import type { PlaybookDirectory } from "./directory.ts"
import { createDryRun, type DryRun, type Evidence, type PreviewedCalls } from "./dry-run.ts"
import { maxPlaybooks, parsePlaybooks, playbooksInvalid } from "./file.ts"
import type { Occasion } from "./occasion.ts"
import type { Player } from "./player.ts"
import { type ReadyPlaybook, readyPlaybook } from "./ready.ts"
import { recall } from "./recall.ts"
import type { Played } from "./scene.ts"
import { playbookSentence } from "./sentence.ts"

/** A playbook as lists show it. */
export interface ShownPlaybook {
  /** As it is now: a switch may say otherwise than the file. */
  readonly playbook: Playbook
  readonly sentence: string
  /** The file that it stands in; null: the store. */
  readonly file: string | null
  /** What of it can't work here as things are. */
  readonly problems: readonly string[]
}

/** What people do with playbooks. */
export interface PlaybookDesk {
  list(): readonly ShownPlaybook[]
  /** Throws THWART_NOT_FOUND. */
  one(id: PlaybookId): ShownPlaybook
  /** Reads a YAML text; throws THWART_PLAYBOOKS_INVALID with every mistake. */
  read(text: string, file: string): readonly Playbook[]
  /** All of them or none. */
  put(playbooks: readonly Playbook[], actor: Actor): Promise<readonly ShownPlaybook[]>
  remove(id: PlaybookId, actor: Actor): Promise<void>
  turn(id: PlaybookId, enabled: boolean, actor: Actor): Promise<ShownPlaybook>
  runs(query: PlaybookRunQuery): Promise<Page<PlaybookRun>>
  dryRun(playbook: Playbook, evidence: Evidence): Promise<DryRun>
  /** Decides about a run that was proposed. */
  decide(run: string, accept: boolean, actor: Actor): Promise<PlaybookRun>
}

/** What response keeps of playbooks beside what people see. */
export interface PlaybookShelf extends PlaybookDesk {
  ready(): readonly ReadyPlaybook[]
  /** Loads what is stored, and the runs that may go on. */
  start(): Promise<void>
  /** Goes on with runs that waited for the guardrails. */
  retry(): Promise<void>
}

export interface DeskDeps extends Pick<Parts, "deps"> {
  readonly directory: PlaybookDirectory
  /** Of files, checked. */
  readonly files: readonly { readonly playbook: Playbook; readonly file: string }[]
  readonly player: () => Player
  readonly preview: (countermeasure: Countermeasure) => Promise<readonly PreviewedCalls[]>
  /** Stores what was played, and only then does it hold. */
  readonly commit: (played: Played) => Promise<void>
}

export function createPlaybookDesk({ deps, directory, files, player, preview, commit }: DeskDeps): PlaybookShelf {
  const { store, clock } = deps
  const fileOf = new Map<PlaybookId, string>(files.map(({ playbook, file }) => [playbook.id, file]))
  let stored: readonly Playbook[] = []
  let switches: ReadonlyMap<PlaybookId, PlaybookSwitch> = new Map()
  let ready: readonly ReadyPlaybook[] = []

  const follow = () => {
    const all = [...files.map(({ playbook }) => playbook), ...stored.filter(({ id }) => !fileOf.has(id))]
    ready = all
      .map((one) => readyPlaybook({ ...one, enabled: switches.get(one.id)?.enabled ?? one.enabled }))
      .sort((one, other) => (one.playbook.id < other.playbook.id ? -1 : 1))
  }
  const shown = ({ playbook }: ReadyPlaybook): ShownPlaybook => ({
    playbook,
    sentence: playbookSentence(playbook),
    file: fileOf.get(playbook.id) ?? null,
    problems: checkPlaybook(playbook, directory).map(({ message }) => message),
  })
  const known = (id: PlaybookId): ReadyPlaybook => {
    const found = ready.find(({ playbook }) => playbook.id === id)
    if (found === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no playbook ${id}`)
    return found
  }
  const dryRun = createDryRun({ deps, player, preview })
  const audit = (actor: Actor, action: string, id: PlaybookId, change: { before: unknown; after: unknown }) => [
    auditOf(deps, actor, { action, subject: `playbook:${id}`, ...change }),
  ]
  const refuseFile = (id: PlaybookId) => {
    const file = fileOf.get(id)
    if (file !== undefined)
      throw new ThwartError("THWART_USAGE", `the playbook ${id} stands in ${file}; change it there, and restart`)
  }

  const refuseUnfit = (playbook: Playbook) => {
    refuseFile(playbook.id)
    const problems = checkPlaybook(playbook, directory)
    if (problems.length === 0) return
    const told = problems.map(({ path, message }) => `${playbook.id}: ${path.join(".")}: ${message}`)
    throw new ThwartError("THWART_PLAYBOOKS_INVALID", told.join("; "))
  }

  const occasionOf = async (run: PlaybookRun, { playbook }: ReadyPlaybook): Promise<Occasion | undefined> => {
    const alert = run.alerts[0] === undefined ? undefined : await store.alert(run.alerts[0])
    const incident = run.incident === null ? null : ((await store.incident(run.incident)) ?? null)
    if (incident?.status === "closed" || incident?.status === "false-positive") return undefined
    const policy = (await store.policies()).find(({ id }) => id === run.policy)
    const { severity, attacker, nodes, alerts } = run
    const at = alert?.at ?? incident?.updatedAt ?? run.at
    const own = playbook.on.kind === "alert" ? (alert ?? null) : null
    return {
      kind: playbook.on.kind,
      severity,
      at,
      attacker,
      nodes,
      incident,
      alert: own,
      policy: policy ?? null,
      alerts,
    }
  }
  const resume = async (run: PlaybookRun, by: string): Promise<PlaybookRun | undefined> => {
    const of = ready.find(({ playbook }) => playbook.id === run.playbook)
    const occasion = of === undefined ? undefined : await occasionOf(run, of)
    if (of === undefined || occasion === undefined) return undefined
    const played = await player().resume(run, of, { occasion, by })
    await commit(played)
    return played.playbookRuns[0] ?? run
  }
  const reject = async (run: PlaybookRun, actor: Actor): Promise<PlaybookRun> => {
    const after: PlaybookRun = { ...run, state: "rejected", by: actor.who, updatedAt: clock.now() }
    const change = {
      action: "playbook rejected",
      subject: `playbook-run:${run.id}`,
      before: run.state,
      after: "rejected",
    }
    await store.record({ playbookRuns: [after], audit: [auditOf(deps, actor, change)] })
    player().recent.put([after])
    return after
  }

  return {
    ready: () => ready,
    list: () => ready.map(shown),
    one: (id) => shown(known(id)),
    read: (text, file) => {
      const parsed = parsePlaybooks(text, file, directory)
      if (parsed.kind === "bad") throw playbooksInvalid(parsed.diagnostics)
      return parsed.value
    },
    put: async (playbooks, actor) => {
      for (const one of playbooks) refuseUnfit(one)
      const fresh = playbooks.filter(({ id }) => !ready.some(({ playbook }) => playbook.id === id))
      if (ready.length + fresh.length > maxPlaybooks)
        throw new ThwartError("THWART_USAGE", `${maxPlaybooks} playbooks are the most there can be`)
      const set = playbooks.map(({ id, enabled }) => ({ playbook: id, enabled, by: actor.who, at: clock.now() }))
      const entries = playbooks.flatMap((after) => {
        const before = stored.find(({ id }) => id === after.id) ?? null
        return audit(actor, "playbook", after.id, { before, after })
      })
      await store.record({ playbooks, playbookSwitches: set, audit: entries })
      const ids = new Set(playbooks.map(({ id }) => id))
      stored = [...stored.filter(({ id }) => !ids.has(id)), ...playbooks]
      switches = new Map([...switches, ...set.map((one) => [one.playbook, one] as const)])
      follow()
      return playbooks.map(({ id }) => shown(known(id)))
    },
    remove: async (id, actor) => {
      const { playbook: before } = known(id)
      refuseFile(id)
      await store.record({
        removedPlaybooks: [id],
        audit: audit(actor, "remove playbook", id, { before, after: null }),
      })
      stored = stored.filter((one) => one.id !== id)
      switches = new Map([...switches].filter(([one]) => one !== id))
      follow()
    },
    turn: async (id, enabled, actor) => {
      const { playbook: before } = known(id)
      if (before.enabled === enabled) return shown(known(id))
      const set = { playbook: id, enabled, by: actor.who, at: clock.now() }
      const change = { before: { enabled: before.enabled }, after: { enabled } }
      const action = enabled ? "enable playbook" : "disable playbook"
      await store.record({ playbookSwitches: [set], audit: audit(actor, action, id, change) })
      switches = new Map([...switches, [id, set]])
      follow()
      return shown(known(id))
    },
    runs: (query) => store.playbookRuns(query),
    dryRun,
    decide: async (id, accept, actor) => {
      const run = await store.playbookRun(id)
      if (run === undefined) throw new ThwartError("THWART_NOT_FOUND", `there is no run ${id}`)
      if (run.state !== "proposed")
        throw new ThwartError("THWART_USAGE", `the run ${id} waits for nobody: it is ${run.state}`)
      if (!accept) return reject(run, actor)
      const after = await resume(run, actor.who)
      if (after !== undefined) return after
      throw new ThwartError("THWART_USAGE", `the run ${id} is about what is closed by now, or its playbook is gone`)
    },
    start: async () => {
      const [playbooks, turned] = await Promise.all([store.playbooks(), store.playbookSwitches()])
      stored = playbooks
      switches = new Map(turned.map((one) => [one.playbook, one]))
      follow()
      await recall(store, player().recent, clock.now() - Math.max(0, ...ready.map(({ playbook }) => playbook.everyMs)))
    },
    retry: async () => {
      for (const run of player().recent.waiting())
        if ((await resume(run, run.by)) === undefined) await reject(run, { who: "system", from: null })
    },
  }
}
