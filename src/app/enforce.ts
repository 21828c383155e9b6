import type { Clock } from "../core/index.ts"
import { createReconciler, type Enforcer, type Reconciler } from "../enforcers/index.ts"
import type { Responder } from "../response/index.ts"

export interface RunningEnforcer {
  readonly enforcer: Enforcer
  readonly reconciler: Reconciler
}

export interface EnforceDeps {
  readonly clock: Clock
  readonly responder: Responder
  readonly onError: (error: unknown) => void
  readonly driftCheckMs: number
}

const sweepMs = 1000

/** One writer for each target, kicked by every change; what is past its time is ended once a second. */
export function enforce(
  enforcers: readonly Enforcer[],
  { clock, responder, onError, driftCheckMs }: EnforceDeps,
  stack: AsyncDisposableStack,
): readonly RunningEnforcer[] {
  const running = enforcers.map((enforcer) => ({
    enforcer,
    reconciler: createReconciler(
      {
        enforcer,
        clock,
        desired: responder.desired,
        refusalNow: responder.refusalNow,
        report: responder.report,
        onError,
      },
      { driftCheckMs },
    ),
  }))
  const kickAll = () => {
    for (const { reconciler } of running) reconciler.kick()
  }
  const unsubscribe = responder.onDesiredChange(kickAll)
  const sweep = setInterval(() => void responder.sweep().catch(onError), sweepMs)
  stack.defer(async () => {
    clearInterval(sweep)
    unsubscribe()
    await Promise.all(running.map(({ reconciler }) => reconciler.stop()))
  })
  kickAll()
  return running
}
