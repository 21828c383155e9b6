import { basename } from "node:path"
import type { Endpoint, Ids, Millis, NodeRef } from "../../core/index.ts"
import { createLineCutter, createRunningSensor, createSkipped, follow, type Line } from "../input/index.ts"
import type { Sensor } from "../sensor.ts"
import { mostLineBytes } from "./file-sensor.ts"
import { createLogTimeReader } from "./log-field.ts"
import { type LogContext, readAccessLine, unknownServer } from "./log-observation.ts"

export interface FollowLogDeps {
  readonly ids: Ids
}

export interface FollowLogOptions {
  readonly file: string
  readonly node: NodeRef
  /** The sensor's id; `log:NAME` by default. */
  readonly id?: string
  /** Where the server listens, which the log does not say; `0.0.0.0:80` by default. */
  readonly server?: Endpoint
  /** `end` by default: what was logged before is another run's. */
  readonly from?: "start" | "end"
  readonly pollMs?: Millis
}

// A block must come within 2 s of the request; looking costs next to nothing.
const defaultPollMs = 200

export function createAccessLogFollower({ ids }: FollowLogDeps, options: FollowLogOptions): Sensor {
  const { file, node, server = unknownServer, from = "end", pollMs = defaultPollMs } = options
  const id = options.id ?? `log:${basename(file)}`
  const skipped = createSkipped()
  const context: LogContext = { ids, sensor: id, node, file, server, readTime: createLogTimeReader() }
  return createRunningSensor({
    id,
    skipped,
    read: async (give, signal) => {
      let cutter = createLineCutter(skipped, mostLineBytes)
      let counted = from === "start"
      const take = async (lines: readonly Line[]) => {
        for (const { text, number } of lines) {
          if (signal.aborted) return
          const observation = readAccessLine({ text, number: counted ? number : null }, context, skipped)
          if (observation !== undefined) await give(observation)
        }
      }
      for await (const event of follow(file, { from, pollMs, signal })) {
        if (event.kind === "bytes") {
          await take(cutter.push(event.bytes))
          continue
        }
        if (event.kind === "idle") continue
        await take(cutter.finish())
        cutter = createLineCutter(skipped, mostLineBytes)
        counted = true
      }
    },
  })
}
