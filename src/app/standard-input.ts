import { Readable } from "node:stream"
import { constants, createGunzip } from "node:zlib"
import { messageOf } from "../core/index.ts"
import type { ByteSource } from "../sensors/input/index.ts"

/** Standard input as a file: unpacked when it is gzip, read to its end once. */
export function openStandardInput(input: Readable): ByteSource {
  const state = { read: 0, problem: null as string | null }
  return {
    bytesTotal: 0,
    bytesRead: () => state.read,
    problem: () => state.problem,
    chunks: () => chunks(input, state),
    close: async () => void input.destroy(),
  }
}

async function* chunks(input: Readable, state: { read: number; problem: string | null }): AsyncGenerator<Buffer> {
  const iterator: AsyncIterator<Buffer> = input[Symbol.asyncIterator]()
  let first = Buffer.alloc(0)
  while (first.length < 2) {
    const next = await iterator.next()
    if (next.done === true) break
    first = Buffer.concat([first, next.value])
  }
  const all = counted(first, iterator, state)
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all
    return
  }
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  const packed = Readable.from(all)
  packed.on("error", (error) => gunzip.destroy(error))
  packed.pipe(gunzip)
  try {
    for await (const chunk of gunzip) yield chunk
  } catch (error) {
    state.problem = `gzip data damaged (${messageOf(error)})`
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

async function* counted(first: Buffer, rest: AsyncIterator<Buffer>, state: { read: number }): AsyncGenerator<Buffer> {
  if (first.length > 0) {
    state.read += first.length
    yield first
  }
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    state.read += next.value.length
    yield next.value
  }
}
