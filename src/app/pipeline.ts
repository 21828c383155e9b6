import type { Bus } from "../bus/bus.ts"
import { type Alert, type Clock, type Countermeasure, type Incident, type Millis, ThwartError } from "../core/index.ts"
import type { Changes, Store } from "../store/store.ts"

/** Correlation, as the pipeline uses it. */
export interface Correlates {
  onAlert(alert: Alert): readonly Incident[]
  onTime(now: Millis): readonly Incident[]
}

/** Clustering, as the pipeline uses it: the new alerts that an alert completes. */
export interface Clusters {
  onAlert(alert: Alert): readonly Alert[]
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
  readonly clock: Clock
  readonly store: Pick<Store, "record" | "alerts">
  readonly bus: Pick<Bus, "publish">
  readonly clusterer: Clusters
  readonly correlator: Correlates
  readonly responder: Decides
  readonly onError: (error: unknown) => void
}

export interface Pipeline {
  /** Resolves when the alerts, and all that followed from them, are stored; rejects when they are not. */
  ingest(alerts: readonly Alert[]): Promise<void>
  /** To be called now and then: incidents that open because nothing followed are stored as those of alerts are. */
  tick(): void
  /** Waits for what is under way. */
  close(): Promise<void>
}

// An alert is a few KiB: this many waiting stay under 100 MB, and a sensor that makes more is told so.
const maxWaiting = 20_000
// More in one transaction gains nothing and delays the block that one of them asks for.
const maxBatch = 500
// The most that a store gives at once.
const maxAsked = 1000

interface Waiting {
  readonly alerts: readonly Alert[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Alerts → clusters of them → incidents → countermeasures, a batch at a time and in order. What a batch led to is one transaction, so that a crash
 * leaves all of it or nothing; only then is it published and enforced.
 */
export function createPipeline({
  clock,
  store,
  bus,
  clusterer,
  correlator,
  responder,
  onError,
}: PipelineDeps): Pipeline {
  const queue: Waiting[] = []
  let waiting = 0
  let running: Promise<void> | undefined
  // Incidents that a failed batch changed: their state is ahead of the store until they are written with a later one.
  let unstored: readonly Incident[] = []
  // And alerts that were made of them: what completed them is not made twice.
  let made: Alert[] = []

  const run = async () => {
    while (queue.length > 0) await runBatch(takeBatch(queue))
    running = undefined
  }

  const runBatch = async (batch: readonly Waiting[]) => {
    const delivered = batch.flatMap((entry) => entry.alerts)
    waiting -= delivered.length
    let incidents = unstored
    try {
      const given = await unknownOf(delivered, store)
      for (const alert of given) made.push(...clusterer.onAlert(alert))
      const alerts = [...given, ...made]
      const due = correlator.onTime(clock.now())
      incidents = latest([...unstored, ...due, ...alerts.flatMap((alert) => correlator.onAlert(alert))])
      if (alerts.length === 0 && incidents.length === 0) {
        for (const entry of batch) entry.resolve()
        return
      }
      let changes: Changes = {}
      await responder.handle(alerts, incidents, async (decided) => {
        changes = { ...decided, alerts, incidents: latest([...incidents, ...(decided.incidents ?? [])]) }
        await store.record(changes)
      })
      unstored = []
      made = []
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
    tick: () => {
      // What runs asks for the time itself.
      running ??= runBatch([]).then(run)
    },
    close: async () => {
      while (running !== undefined) await running
    },
  }
}

/**
 * Without those that are stored already. A sender that heard no answer sends again, and nothing may follow from that: not a block that was
 * undone or has ended, nor a longer one.
 */
async function unknownOf(delivered: readonly Alert[], store: Pick<Store, "alerts">): Promise<readonly Alert[]> {
  const unknown = new Map(delivered.map((alert) => [alert.id, alert]))
  const ids = [...unknown.keys()]
  for (let start = 0; start < ids.length; start += maxAsked) {
    const some = ids.slice(start, start + maxAsked)
    for (const { id } of (await store.alerts({ ids: some, limit: maxAsked })).items) unknown.delete(id)
  }
  return [...unknown.values()]
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
