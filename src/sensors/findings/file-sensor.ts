import { basename } from "node:path"
import type { Cidr, Ids, NodeRef } from "../../core/index.ts"
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
import { createEveReader } from "./eve-observation.ts"

export interface EveDeps {
  readonly ids: Ids
  /** Where the bytes come from; the file system by default. */
  readonly open?: OpenBytes
}

export interface EveOptions {
  readonly file: string
  readonly node: NodeRef
  /** The sensor's id; `finding:NAME` by default. */
  readonly id?: string
  /** What is at home; by default private, loopback and link-local networks. */
  readonly homeNets?: readonly Cidr[]
  onProgress?(progress: ReadProgress): void
}

// Suricata cuts payloads and bodies at 4 KiB each by default, 100 KiB at most as people set it; coded as base64.
const mostLineBytes = 1024 * 1024

export function createEveSensor({ ids, open = openBytes }: EveDeps, options: EveOptions): Sensor {
  const { file, node, homeNets = defaultHomeNets } = options
  const id = options.id ?? `finding:${basename(file)}`
  const skipped = createSkipped()
  const readEvent = createEveReader({ ids, sensor: id, node, homeNets, file })
  return createRunningSensor({
    id,
    skipped,
    read: async (give, signal) => {
      const source = await open(file)
      const cutter = createLineCutter(skipped, mostLineBytes)
      await forEachLine(source, { cutter, skipped, signal, onProgress: options.onProgress }, async (line) => {
        const event = readEvent(line)
        if (typeof event === "string") skipped.add(event)
        else await give(event)
      })
    },
  })
}
