import type { Clock } from "../core/index.ts"
import { createQuarantineReconciler, createReconciler, type Enforcer, type Reconciler } from "../enforcers/index.ts"
import type { Responder } from "../response/index.ts"
import type { Enforcers } from "./builtins.ts"

export interface RunningEnforcer {
  readonly enforcer: Pick<Enforcer, "id" | "summary">
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
  { blocking, quarantining }: Enforcers,
  { clock, responder, onError, driftCheckMs }: EnforceDeps,
  stack: AsyncDisposableStack,
): readonly RunningEnforcer[] {
  const { desired, leaving, refusalNow, report } = responder
  const deps = { clock, desired, leaving, refusalNow, report, onError }
  const running: readonly RunningEnforcer[] = [
    ...blocking.map((enforcer) => ({
      enforcer,
      reconciler: createReconciler({ ...deps, enforcer }, { driftCheckMs }),
    })),
    ...quarantining.map((enforcer) => ({
      enforcer,
      reconciler: createQuarantineReconciler({ ...deps, enforcer }, { driftCheckMs }),
    })),
  ]
  const kickAll = () => {
    for (const { reconciler } of running) reconciler.kick()
  }
  const unsubscribe = responder.onDesiredChange(kickAll)
  const sweep = setInterval(() => {
    responder.sweep().catch(onError)
    responder.refreshAllowlist().catch(onError)
  }, sweepMs)
  stack.defer(async () => {
    clearInterval(sweep)
    unsubscribe()
    await Promise.all(running.map(({ reconciler }) => reconciler.stop()))
  })
  kickAll()
  return running
}
