import type { EventIntake } from "../api/index.ts"
import { type Alert, type Cidr, type EventType, type Ids, type NodeRef, nodeRef } from "../core/index.ts"
import { readEventBody } from "../sensors/index.ts"
import type { SensorStatus } from "../sensors/sensor.ts"
import type { Inspect } from "./inspect.ts"

export interface EventIntakeDeps {
  readonly ids: Ids
  readonly node: NodeRef
  readonly homeNets: readonly Cidr[]
  readonly inspect: Inspect
  readonly ingest: (alerts: readonly Alert[]) => Promise<void>
}

export interface RunningIntake extends EventIntake {
  /** What came of each format since start, as sensors tell it. */
  sensors(): readonly { readonly id: string; readonly status: SensorStatus }[]
}

// What a person who looks for a mistake reads; the rest is counted.
const maxShown = 100
// Far from where the pipeline takes no more.
const alertsAtOnce = 1000

/** Takes records that other machines send, and holds them against the rules as if they had been read here. */
export function createEventIntake({ ids, node, homeNets, inspect, ingest }: EventIntakeDeps): RunningIntake {
  const totals = new Map<EventType, { read: number; skipped: Map<string, number> }>()
  const totalOf = (format: EventType) => {
    const known = totals.get(format) ?? { read: 0, skipped: new Map() }
    totals.set(format, known)
    return known
  }
  return {
    take: async ({ format, bytes, node: name, sender }) => {
      const total = totalOf(format)
      const alerts: Alert[] = []
      const skipped: { line: number; reason: string }[] = []
      let [read, unread] = [0, 0]
      const from = name === null ? node : nodeRef.parse({ id: name, kind: "host", name })
      const home = homeNets.length > 0 ? { homeNets } : {}
      await readEventBody(
        { ids },
        { format, bytes, node: from, sensor: `${intakeId(format)}:${sender}`, ...home },
        {
          onEvent: (event) => {
            read++
            alerts.push(...inspect(event))
          },
          onUnread: ({ line, reason }) => {
            unread++
            total.skipped.set(reason, (total.skipped.get(reason) ?? 0) + 1)
            if (skipped.length < maxShown) skipped.push({ line, reason })
          },
        },
      )
      total.read += read
      for (let start = 0; start < alerts.length; start += alertsAtOnce)
        await ingest(alerts.slice(start, start + alertsAtOnce))
      return { read, alerts: alerts.length, unread, skipped }
    },
    sensors: () =>
      [...totals].map(([format, { read, skipped }]) => ({
        id: intakeId(format),
        status: {
          state: "running",
          reason: null,
          observations: read,
          skipped: Object.fromEntries(skipped),
          dropped: 0,
        },
      })),
  }
}

const intakeId = (format: EventType) => `intake:${format}`
