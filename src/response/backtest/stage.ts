import { type Clock, createIds, type Incident, type Policy } from "../../core/index.ts"
import type { Store } from "../../store/store.ts"
import { createResponder } from "../responder.ts"
import type { Responder } from "../services.ts"
import type { PastAllowlist } from "./past-allowlist.ts"
import type { BacktestDeps, Correlates } from "./services.ts"

export interface Stage {
  readonly responder: Responder
  readonly scratch: Store
}

/**
 * The real response, in another time and on an empty store: it finds the allowlist as it was then, the policies in question, and for what
 * these count the alerts and incidents of before. Nobody hears of what it decides.
 */
export async function createStage(
  deps: BacktestDeps,
  {
    policies,
    clock,
    allowlist,
    correlator,
    earlier,
  }: {
    readonly policies: readonly Policy[]
    readonly clock: Clock
    readonly allowlist: PastAllowlist
    readonly correlator: Correlates
    readonly earlier: readonly Incident[]
  },
): Promise<Stage> {
  const scratch = await deps.scratch()
  await scratch.record({ incidents: earlier })
  const until = clock.now() - 1
  const store: Store = {
    ...scratch,
    policies: async () => policies,
    allowlist: async () => allowlist(clock.now()),
    alerts: (query) => deps.store.alerts({ ...query, until }),
  }
  const responder = createResponder({
    ...deps,
    clock,
    ids: createIds(clock),
    store,
    bus: { publish: () => undefined },
    setIncidentStatus: correlator.setStatus,
  })
  await responder.start()
  return { responder, scratch }
}
