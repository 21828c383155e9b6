import { randomInt } from "node:crypto"
import { basename } from "node:path"
import { type Ids, messageOf } from "../../core/index.ts"
import { createSkipped, type OpenBytes, openBytes } from "../input/index.ts"
import type { Sensor, Sink } from "../sensor.ts"
import { createCaptureReader } from "./capture-reader.ts"
import { createPipeline, type Pipeline, type PipelineOptions } from "./pipeline.ts"

export interface CaptureFileDeps {
  readonly ids: Ids
  /** Where the bytes come from; the file system by default. */
  readonly open?: OpenBytes
}

export interface CaptureProgress {
  readonly bytesRead: number
  readonly bytesTotal: number
}

export interface CaptureFileOptions extends PipelineOptions {
  readonly file: string
  /** The sensor's id; `capture:NAME` by default. */
  readonly id?: string
  onProgress?(progress: CaptureProgress): void
}

// A file is in no hurry: better to wait for a slow response than to judge without it.
const responseWaitMs = 30_000

export function createCaptureFileSensor(
  { ids, open = openBytes }: CaptureFileDeps,
  options: CaptureFileOptions,
): Sensor {
  const { file, onProgress } = options
  const id = options.id ?? `capture:${basename(file)}`
  const skipped = createSkipped()
  const status = { state: "starting" as "starting" | "running" | "stopped" | "failed", reason: null as string | null }
  let observations = 0

  const drain = async (pipeline: Pipeline, sink: Sink) => {
    while (pipeline.ready) {
      const observation = await pipeline.take()
      if (observation === undefined) return
      observations++
      const taken = sink(observation)
      if (taken !== undefined) await taken
    }
  }

  const read = async (sink: Sink, signal: AbortSignal) => {
    const context = { ids, sensor: id, file, skipped, responseWaitMs, seed: randomInt(2 ** 32) }
    const pipeline = createPipeline(options, context)
    const reader = createCaptureReader(file, skipped)
    const source = await open(file)
    try {
      for await (const chunk of source.chunks()) {
        reader.push(chunk)
        while (!signal.aborted && reader.next()) {
          pipeline.packet(reader.packet)
          if (pipeline.ready) await drain(pipeline, sink)
        }
        onProgress?.({ bytesRead: source.bytesRead(), bytesTotal: source.bytesTotal })
        if (signal.aborted || reader.ended) break
      }
      if (signal.aborted) return
      const problem = source.problem()
      if (problem !== null) skipped.add(problem)
      reader.finish()
    } finally {
      await source.close()
    }
    while (pipeline.finishOne()) await drain(pipeline, sink)
  }

  return {
    id,
    run: async (sink, signal) => {
      status.state = "running"
      try {
        await read(sink, signal)
        status.state = "stopped"
      } catch (error) {
        status.state = "failed"
        status.reason = messageOf(error)
        throw error
      }
    },
    status: () => ({ ...status, observations, skipped: skipped.counts(), dropped: 0 }),
  }
}
