import type { Countermeasure, Playbook } from "../../core/index.ts"
import { auditOf, type Parts } from "../parts.ts"
import { createPlaybookDesk, type PlaybookDesk } from "./desk.ts"
import type { PlaybookDirectory } from "./directory.ts"
import type { PreviewedCalls } from "./dry-run.ts"
import type { Seen } from "./occasions.ts"
import { createPlayer, type Player } from "./player.ts"
import type { Played } from "./scene.ts"

/** What playbooks need of the house around them. */
export interface PlaybookSettings {
  /** Playbooks of files, checked. */
  readonly files: readonly { readonly playbook: Playbook; readonly file: string }[]
  readonly directory: PlaybookDirectory
  /** Each call that would be made for this countermeasure; makes none that changes anything. */
  readonly preview?: (countermeasure: Countermeasure) => Promise<readonly PreviewedCalls[]>
}

export interface Playbooks {
  /** For people; one change after the other, with everything else that response decides. */
  readonly desk: PlaybookDesk
  start(): Promise<void>
  play(seen: Omit<Seen, "now">, decided: readonly Countermeasure[]): Promise<Played>
  /** It is stored. */
  took(played: Played): void
  /** Goes on with what waits, and tells how many runs were left out. */
  sweep(): Promise<void>
}

export interface PlaybooksDeps extends Parts {
  readonly settings: PlaybookSettings | undefined
  readonly serially: <T>(task: () => Promise<T>) => Promise<T>
  /** Called when it is stored that these were made. */
  readonly count: (made: Pick<Played, "made" | "quarantined">) => void
}

const nowhere: PlaybookDirectory = { kinds: [], running: [], notificationTargets: [] }

export function createPlaybooks({ settings, serially, count, ...parts }: PlaybooksDeps): Playbooks {
  const { deps } = parts
  const directory = settings?.directory ?? {
    ...nowhere,
    running: [...deps.enforcers, ...(deps.quarantiners ?? []).map(({ id }) => id)],
  }
  const commit = async (played: Played) => {
    await parts.commit(changesOf(played))
    count(played)
    player.took(played)
  }
  const shelf = createPlaybookDesk({
    deps,
    directory,
    files: settings?.files ?? [],
    player: () => player,
    preview: settings?.preview ?? (async () => []),
    commit,
  })
  const player: Player = createPlayer({ ...parts, ready: shelf.ready, directory })
  return {
    desk: {
      ...shelf,
      put: (playbooks, actor) => serially(() => shelf.put(playbooks, actor)),
      remove: (id, actor) => serially(() => shelf.remove(id, actor)),
      turn: (id, enabled, actor) => serially(() => shelf.turn(id, enabled, actor)),
      decide: (run, accept, actor) => serially(() => shelf.decide(run, accept, actor)),
    },
    start: shelf.start,
    play: (seen, decided) => player.play({ ...seen, now: deps.clock.now() }, decided),
    took: player.took,
    sweep: async () => {
      await shelf.retry()
      const leftOut = player.leftOut()
      if (leftOut === 0) return
      const change = { action: "more playbook runs left out", subject: "playbooks", before: null, after: { leftOut } }
      await parts.commit({ audit: [auditOf(deps, { who: "system", from: null }, change)] })
    },
  }
}

/** As the store takes it. */
export function changesOf({ made: _m, quarantined: _q, counted: _c, ...changes }: Played) {
  return changes
}
