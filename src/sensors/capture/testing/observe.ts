import { createIds, type HttpObservation, nodeRef, systemClock } from "../../../core/index.ts"
import type { OpenBytes } from "../../input/index.ts"
import { type CaptureFileOptions, createCaptureFileSensor } from "../file-sensor.ts"

export const testNode = nodeRef.parse({ id: "web-1", kind: "host", name: "web-1" })

export interface Observed {
  readonly transactions: readonly HttpObservation[]
  readonly skipped: Readonly<Record<string, number>>
}

/** Bytes as a file of theirs would give them, in pieces cut where asked. */
export function openedAs(bytes: Buffer, cuts: readonly number[] = []): OpenBytes {
  return async () => ({
    bytesTotal: bytes.length,
    bytesRead: () => bytes.length,
    problem: () => null,
    close: async () => undefined,
    chunks: async function* () {
      // Memory of a chunk is used again for the next one, as the file system's is.
      const memory = Buffer.alloc(bytes.length)
      let from = 0
      for (const to of [...cuts.filter((cut) => cut < bytes.length).sort((one, other) => one - other), bytes.length]) {
        if (to <= from) continue
        bytes.copy(memory, 0, from, to)
        yield memory.subarray(0, to - from)
        memory.fill(0xee)
        from = to
      }
    },
  })
}

/** What the capture sensor makes of a capture's bytes. */
export async function observe(
  bytes: Buffer,
  options: Partial<CaptureFileOptions> & { readonly cuts?: readonly number[] } = {},
): Promise<Observed> {
  const { cuts, ...rest } = options
  const deps = { ids: createIds(systemClock), open: openedAs(bytes, cuts) }
  const sensor = createCaptureFileSensor(deps, { file: "test.pcap", node: testNode, ...rest })
  const transactions: HttpObservation[] = []
  await sensor.run((observation) => {
    if (observation.kind === "http") transactions.push(observation)
  }, new AbortController().signal)
  return { transactions, skipped: sensor.status().skipped }
}
