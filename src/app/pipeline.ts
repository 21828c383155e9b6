import type { Bus } from "../bus/bus.ts"
import { type Alert, type Countermeasure, type Incident, ThwartError } from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"

/** Correlation, as the pipeline uses it. */
export interface Correlates {
  onAlert(alert: Alert): readonly Incident[]
}

/** Response, as the pipeline uses it: what it decides is handed to `record`, together with which it is stored. */
export interface Decides {
  handle(
    alerts: readonly Alert[],
    incidents: readonly Incident[],
    record: (decided: Changes) => Promise<void>,
  ): Promise<void>
}

export interface PipelineDeps {
  readonly store: Pick<Store, "record">
  readonly bus: Pick<Bus, "publish">
  readonly correlator: Correlates
  readonly responder: Decides
  readonly onError: (error: unknown) => void
}

export interface Pipeline {
  /** Resolves when the alerts, and all that followed from them, are stored; rejects when they are not. */
  ingest(alerts: readonly Alert[]): Promise<void>
  /** Waits for what is under way. */
  close(): Promise<void>
}

// An alert is a few KiB: this many waiting stay under 100 MB, and a sensor that makes more is told so.
const maxWaiting = 20_000
// More in one transaction gains nothing and delays the block that one of them asks for.
const maxBatch = 500

interface Waiting {
  readonly alerts: readonly Alert[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Alerts → incidents → countermeasures, a batch at a time and in order. What a batch led to is one transaction, so that a crash
 * leaves all of it or nothing; only then is it published and enforced.
 */
export function createPipeline({ store, bus, correlator, responder, onError }: PipelineDeps): Pipeline {
  const queue: Waiting[] = []
  let waiting = 0
  let running: Promise<void> | undefined
  // Incidents that a failed batch changed: their state is ahead of the store until they are written with a later one.
  let unstored: readonly Incident[] = []

  const run = async () => {
    while (queue.length > 0) await runBatch(takeBatch(queue))
    running = undefined
  }

  const runBatch = async (batch: readonly Waiting[]) => {
    const alerts = batch.flatMap((entry) => entry.alerts)
    waiting -= alerts.length
    let incidents = unstored
    try {
      incidents = latest([...unstored, ...alerts.flatMap((alert) => correlator.onAlert(alert))])
      let changes: Changes = {}
      await responder.handle(alerts, incidents, async (decided) => {
        changes = { ...decided, alerts, incidents: latest([...incidents, ...(decided.incidents ?? [])]) }
        await store.record(changes)
      })
      unstored = []
      publish(bus, changes)
      for (const entry of batch) entry.resolve()
    } catch (error) {
      unstored = incidents
      onError(error)
      for (const entry of batch) entry.reject(error)
    }
  }

  return {
    ingest: (alerts) => {
      if (alerts.length === 0) return Promise.resolve()
      if (waiting + alerts.length > maxWaiting) {
        return Promise.reject(
          new ThwartError(
            "THWART_STORE_FAILED",
            `${waiting} alerts wait to be stored already; the store is slower than the sensors`,
          ),
        )
      }
      waiting += alerts.length
      return new Promise((resolve, reject) => {
        queue.push({ alerts, resolve, reject })
        // What comes in the same turn is one batch, and one commit.
        running ??= Promise.resolve().then(run)
      })
    },
    close: async () => {
      while (running !== undefined) await running
    },
  }
}

function takeBatch(queue: Waiting[]): readonly Waiting[] {
  const batch: Waiting[] = []
  for (let size = 0; queue.length > 0 && size < maxBatch; ) {
    const next = queue.shift()
    if (next === undefined) break
    batch.push(next)
    size += next.alerts.length
  }
  return batch
}

/** The highest version of each. */
function latest(incidents: readonly Incident[]): readonly Incident[] {
  const byId = new Map<string, Incident>()
  for (const incident of incidents) {
    const known = byId.get(incident.id)
    if (known === undefined || known.version <= incident.version) byId.set(incident.id, incident)
  }
  return [...byId.values()]
}

function publish(bus: Pick<Bus, "publish">, { alerts = [], incidents = [], countermeasures = [] }: Changes): void {
  for (const alert of alerts) bus.publish("alert", alert)
  for (const incident of incidents) bus.publish("incident", incident)
  for (const countermeasure of countermeasures satisfies readonly Countermeasure[])
    bus.publish("countermeasure", countermeasure)
}
