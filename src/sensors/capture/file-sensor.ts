import { randomInt } from "node:crypto"
import { basename } from "node:path"
import type { Ids, Observation } from "../../core/index.ts"
import {
  type ByteSource,
  createRunningSensor,
  createSkipped,
  type OpenBytes,
  openBytes,
  type ReadProgress,
} from "../input/index.ts"
import type { Sensor } from "../sensor.ts"
import { createCaptureReader } from "./capture-reader.ts"
import type { PacketReader } from "./packet.ts"
import { createPipeline, type Pipeline, type PipelineOptions } from "./pipeline.ts"

export interface CaptureFileDeps {
  readonly ids: Ids
  /** Where the bytes come from; the file system by default. */
  readonly open?: OpenBytes
}

export interface CaptureFileOptions extends PipelineOptions {
  readonly file: string
  /** The sensor's id; `capture:NAME` by default. */
  readonly id?: string
  onProgress?(progress: ReadProgress): void
}

// A file is in no hurry: better to wait for a slow response than to judge without it.
const responseWaitMs = 30_000

type Give = (observation: Observation) => void | Promise<void>

export function createCaptureFileSensor(
  { ids, open = openBytes }: CaptureFileDeps,
  options: CaptureFileOptions,
): Sensor {
  const { file } = options
  const id = options.id ?? `capture:${basename(file)}`
  const skipped = createSkipped()
  const read = async (give: Give, signal: AbortSignal) => {
    const context = { ids, sensor: id, file, skipped, responseWaitMs, seed: randomInt(2 ** 32) }
    const pipeline = createPipeline(options, context)
    const reader = createCaptureReader(file, skipped)
    const source = await open(file)
    try {
      await readPackets(source, { reader, pipeline, give, signal, options })
      const problem = source.problem()
      if (problem !== null) skipped.add(problem)
      if (!signal.aborted) reader.finish()
    } finally {
      await source.close()
    }
    while (!signal.aborted && pipeline.finishOne()) await giveReady(pipeline, give)
  }
  return createRunningSensor({ id, skipped, read })
}

interface Reading {
  readonly reader: PacketReader
  readonly pipeline: Pipeline
  readonly give: Give
  readonly signal: AbortSignal
  readonly options: CaptureFileOptions
}

async function readPackets(source: ByteSource, { reader, pipeline, give, signal, options }: Reading): Promise<void> {
  for await (const chunk of source.chunks()) {
    reader.push(chunk)
    while (reader.next()) {
      pipeline.packet(reader.packet)
      if (pipeline.ready) await giveReady(pipeline, give)
      if (signal.aborted) return
    }
    options.onProgress?.({ bytesRead: source.bytesRead(), bytesTotal: source.bytesTotal })
    if (signal.aborted || reader.ended) return
  }
}

async function giveReady(pipeline: Pipeline, give: Give): Promise<void> {
  while (pipeline.ready) {
    const next = pipeline.take()
    if (next === undefined) return
    const taken = give(next instanceof Promise ? await next : next)
    if (taken !== undefined) await taken
  }
}
