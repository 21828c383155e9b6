import { basename } from "node:path"
import type { Cidr, EventType, Ids, NodeRef } from "../../core/index.ts"
import {
  createLineCutter,
  createRunningSensor,
  createSkipped,
  defaultHomeNets,
  forEachLine,
  type OpenBytes,
  openBytes,
  type ReadProgress,
} from "../input/index.ts"
import type { Sensor } from "../sensor.ts"
import { eventFormats } from "./formats.ts"
import { createEventObserver } from "./observation.ts"
import type { Reading, Unread } from "./reading.ts"

export interface EventSensorDeps {
  readonly ids: Ids
  /** Where the bytes come from; the file system by default. */
  readonly open?: OpenBytes
}

export interface EventSensorOptions {
  readonly file: string
  readonly format: EventType
  readonly node: NodeRef
  /** The sensor's id; `events:NAME` by default. */
  readonly id?: string
  /** What is at home; by default private, loopback and link-local networks. */
  readonly homeNets?: readonly Cidr[]
  onProgress?(progress: ReadProgress): void
  /** A line or record that could not be read; it is counted too. */
  onUnread?(unread: Unread): void
}

/** Reads the records of another tool out of a file, gzip or not, or a pipe (`/dev/stdin`). */
export function createEventSensor({ ids, open = openBytes }: EventSensorDeps, options: EventSensorOptions): Sensor {
  const { file, node, homeNets = defaultHomeNets } = options
  const id = options.id ?? `events:${basename(file)}`
  const { create, mostLineBytes } = eventFormats[options.format]
  const skipped = createSkipped()
  const observe = createEventObserver({ ids, sensor: id, node, homeNets, file })
  return createRunningSensor({
    id,
    skipped,
    read: async (give, signal) => {
      const reader = create()
      const giveAll = async (readings: readonly Reading[]) => {
        for (const reading of readings) {
          if (signal.aborted) return
          if (reading.kind === "event") await give(observe(reading))
          else {
            skipped.add(reading.reason)
            options.onUnread?.(reading)
          }
        }
      }
      const cutter = createLineCutter(skipped, mostLineBytes)
      await forEachLine(await open(file), { cutter, skipped, signal, onProgress: options.onProgress }, (line) =>
        giveAll(reader.take(line)),
      )
      await giveAll(reader.finish())
    },
  })
}
