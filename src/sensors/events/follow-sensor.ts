import { basename } from "node:path"
import type { Cidr, EventType, Ids, Millis, NodeRef } from "../../core/index.ts"
import {
  createLineCutter,
  createRunningSensor,
  createSkipped,
  defaultHomeNets,
  follow,
  type Line,
} from "../input/index.ts"
import type { Sensor } from "../sensor.ts"
import { eventFormats } from "./formats.ts"
import { createEventObserver } from "./observation.ts"
import type { Reading } from "./reading.ts"

export interface FollowEventsOptions {
  readonly file: string
  readonly format: EventType
  readonly node: NodeRef
  /** The sensor's id; `events:NAME` by default. */
  readonly id?: string
  readonly homeNets?: readonly Cidr[]
  /** `end` by default: what was recorded before is another run's. */
  readonly from?: "start" | "end"
  readonly pollMs?: Millis
}

const defaultPollMs = 200
// How long after its last record an event of the audit log may still grow (libauparse waits as long).
const settleMs = 2000

/** Reads the records of another tool as they are written, through rotation and truncation. */
export function createEventFollower({ ids }: { readonly ids: Ids }, options: FollowEventsOptions): Sensor {
  const { file, node, homeNets = defaultHomeNets, from = "end", pollMs = defaultPollMs } = options
  const id = options.id ?? `events:${basename(file)}`
  const { create, mostLineBytes } = eventFormats[options.format]
  const skipped = createSkipped()
  const observe = createEventObserver({ ids, sensor: id, node, homeNets, file })
  return createRunningSensor({
    id,
    skipped,
    read: async (give, signal) => {
      const reader = create()
      let cutter = createLineCutter(skipped, mostLineBytes)
      let counted = from === "start"
      let idleMs = 0
      const giveAll = async (readings: readonly Reading[]) => {
        for (const reading of readings) {
          if (signal.aborted) return
          if (reading.kind === "unread") skipped.add(reading.reason)
          else await give(placed(observe(reading), counted))
        }
      }
      const take = async (lines: readonly Line[]) => {
        for (const line of lines) await giveAll(reader.take(line))
      }
      for await (const event of follow(file, { from, pollMs, signal })) {
        if (event.kind === "bytes") {
          idleMs = 0
          await take(cutter.push(event.bytes))
        } else if (event.kind === "idle") {
          // Once only: what has settled is given on, and a file that stays as it is costs nothing.
          idleMs += pollMs
          if (idleMs >= settleMs && idleMs < settleMs + pollMs) await giveAll(reader.finish())
        } else {
          await take(cutter.finish())
          await giveAll(reader.finish())
          cutter = createLineCutter(skipped, mostLineBytes)
          counted = true
        }
      }
    },
  })
}

/** Behind the end where reading began, lines can't be counted. */
function placed<T extends { readonly origin: object | null }>(observation: T, counted: boolean): T {
  return counted ? observation : { ...observation, origin: { ...observation.origin, line: null } }
}
