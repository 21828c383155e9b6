import { basename } from "node:path"
import type { Endpoint, Ids, NodeRef } from "../../core/index.ts"
import {
  createLineCutter,
  createRunningSensor,
  createSkipped,
  forEachLine,
  type OpenBytes,
  openBytes,
  type ReadProgress,
} from "../input/index.ts"
import type { Sensor } from "../sensor.ts"
import { createLogTimeReader } from "./log-field.ts"
import { type LogContext, readAccessLine, unknownServer } from "./log-observation.ts"

export interface AccessLogDeps {
  readonly ids: Ids
  /** Where the bytes come from; the file system by default. */
  readonly open?: OpenBytes
}

export interface AccessLogOptions {
  readonly file: string
  readonly node: NodeRef
  /** The sensor's id; `log:NAME` by default. */
  readonly id?: string
  /** Where the server listens, which the log does not say; `0.0.0.0:80` by default. */
  readonly server?: Endpoint
  onProgress?(progress: ReadProgress): void
}

// A request line may be 8 KiB (nginx 32) and so may the two fields behind it; each byte may be written as four.
export const mostLineBytes = 256 * 1024

export function createAccessLogSensor({ ids, open = openBytes }: AccessLogDeps, options: AccessLogOptions): Sensor {
  const { file, node, server = unknownServer } = options
  const id = options.id ?? `log:${basename(file)}`
  const skipped = createSkipped()
  const context: LogContext = { ids, sensor: id, node, file, server, readTime: createLogTimeReader() }
  return createRunningSensor({
    id,
    skipped,
    read: async (give, signal) => {
      const source = await open(file)
      const cutter = createLineCutter(skipped, mostLineBytes)
      await forEachLine(source, { cutter, skipped, signal, onProgress: options.onProgress }, async (line) => {
        const observation = readAccessLine(line, context, skipped)
        if (observation !== undefined) await give(observation)
      })
    },
  })
}
