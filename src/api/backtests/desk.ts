import { type BacktestResult, type Clock, type Ids, type Millis, messageOf } from "../../core/index.ts"
import type { Backtest, BacktestRequest } from "../../response/index.ts"
import type { BacktestRun } from "../contract/index.ts"
import { Refusal } from "../errors.ts"

/** Runs backtests, one at a time: each keeps a core busy between the server's other work. */
export interface BacktestDesk {
  /** Throws BUSY (409) while another runs. */
  start(request: BacktestRequest, by: string): BacktestRun
  /** Throws NOT_FOUND (404). Whoever asks shows that somebody waits for it. */
  look(id: string): BacktestRun
  /** Resolves when it has ended. */
  stop(id: string): Promise<BacktestRun>
  /** Stops what runs, and waits for it. */
  close(): Promise<void>
}

interface DeskDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly backtest: Backtest
  readonly onError: (error: unknown) => void
}

// Results are some hundred KiB; whoever wants an older one asks again.
const maxKept = 5
// A command line or a page asks every second or so; when it is gone, so is the reason to go on.
const abandonedMs: Millis = 60_000

interface Run {
  shown: BacktestRun
  askedAt: Millis
  readonly stopping: AbortController
  ended: Promise<void>
}

export function createBacktestDesk({ clock, ids, backtest, onError }: DeskDeps): BacktestDesk {
  const runs = new Map<string, Run>()
  const running = () => [...runs.values()].find(({ shown }) => shown.state === "running")
  const find = (id: string): Run => {
    const run = runs.get(id)
    if (run === undefined)
      throw new Refusal(404, "NOT_FOUND", `there is no backtest ${id}; the last ${maxKept} are kept until a restart`)
    run.askedAt = clock.now()
    return run
  }

  const carryOut = async (run: Run, request: BacktestRequest) => {
    const { signal } = run.stopping
    const end = (state: BacktestRun["state"], result: BacktestResult | null, reason: string | null) => {
      run.shown = { ...run.shown, state, result, reason }
    }
    try {
      const onProgress = ({ alerts, share }: { readonly alerts: number; readonly share: number }) => {
        run.shown = { ...run.shown, progress: { alerts, share } }
        if (clock.now() - run.askedAt > abandonedMs) run.stopping.abort("nobody asked for it for a minute")
      }
      end("done", await backtest.run(request, onProgress, signal), null)
    } catch (error) {
      if (signal.aborted) return end("stopped", null, String(signal.reason))
      onError(error)
      end("failed", null, `it failed: ${messageOf(error)}`)
    }
  }

  return {
    start: (request, by) => {
      const other = running()?.shown
      if (other !== undefined)
        throw new Refusal(
          409,
          "BUSY",
          `a backtest of ${other.startedBy} runs (${other.id}, ${Math.floor(other.progress.share * 100)} % done); wait for it, or stop it`,
        )
      const id = ids.other("bt")
      const now = clock.now()
      const run: Run = {
        shown: {
          ...{ id, state: "running", startedBy: by, startedAt: now, result: null, reason: null },
          progress: { alerts: 0, share: 0 },
        },
        askedAt: now,
        stopping: new AbortController(),
        ended: Promise.resolve(),
      }
      runs.set(id, run)
      if (runs.size > maxKept) runs.delete(runs.keys().next().value ?? id)
      run.ended = carryOut(run, request)
      return run.shown
    },
    look: (id) => find(id).shown,
    stop: async (id) => {
      const run = find(id)
      if (run.shown.state === "running") run.stopping.abort("somebody stopped it")
      await run.ended
      return run.shown
    },
    close: async () => {
      const run = running()
      run?.stopping.abort("the server stops")
      await run?.ended
    },
  }
}
