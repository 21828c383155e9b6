import type { Clock } from "../core/index.ts"
import type { Sensor, SensorStatus } from "../sensors/sensor.ts"
import type { Store } from "../store/index.ts"
import type { RunningEnforcer } from "./enforce.ts"
import { version } from "./version.ts"

export interface StatusDeps {
  readonly store: Store
  readonly clock: Clock
  readonly sensors: readonly Sensor[]
  readonly otherSensors: () => readonly { readonly id: string; readonly status: SensorStatus }[]
  readonly reconcilers: readonly RunningEnforcer[]
}

// Counting stops here: a status page need not know whether there are 1,000 or 2,000.
const maxCounted = 1000

/** What runs, and how it is. */
export function createStatus({ store, clock, sensors, otherSensors, reconcilers }: StatusDeps) {
  const startedAt = clock.now()
  const sensorsNow = () => [...sensors.map((sensor) => ({ id: sensor.id, status: sensor.status() })), ...otherSensors()]
  const enforcersNow = () =>
    reconcilers.map(({ enforcer, reconciler }) => ({
      id: enforcer.id,
      summary: enforcer.summary,
      status: reconciler.status(),
    }))
  return {
    sensors: sensorsNow,
    enforcers: enforcersNow,
    now: async () => {
      const [alerts, open, active] = await Promise.all([
        store.alerts({ limit: maxCounted }),
        store.incidents({ status: "open", limit: maxCounted }),
        store.countermeasures({ activeAt: clock.now(), limit: maxCounted }),
      ])
      return {
        version,
        startedAt,
        sensors: sensorsNow().map(({ id, status: { state, reason, observations, dropped, skipped } }) => ({
          id,
          state,
          reason,
          observations,
          dropped,
          skipped: { ...skipped },
        })),
        enforcers: enforcersNow().map(({ id, summary, status: { state, reason, entries } }) => ({
          id,
          summary,
          state,
          reason,
          entries,
        })),
        counts: {
          alerts: alerts.items.length,
          openIncidents: open.items.length,
          activeCountermeasures: active.items.length,
        },
      }
    },
  }
}
