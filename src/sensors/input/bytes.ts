import { type FileHandle, open } from "node:fs/promises"
import { Readable } from "node:stream"
import { constants, createGunzip } from "node:zlib"
import { messageOf, ThwartError } from "../../core/index.ts"

/** The bytes of one file. A chunk is only good until the next one is asked for: its memory is used again. */
export interface ByteSource {
  /** As stored, so still packed where the file is. */
  readonly bytesTotal: number
  bytesRead(): number
  /** What stopped the reading before the end of the file, such as damaged gzip data; null when nothing did. */
  problem(): string | null
  chunks(): AsyncIterable<Buffer>
  close(): Promise<void>
}

export type OpenBytes = (path: string) => Promise<ByteSource>

// Large enough that system calls cost nothing beside the decoding, small enough to stay in the processor's cache.
const chunkBytes = 512 * 1024
const gunzipChunkBytes = 128 * 1024

/** Opens a file and unpacks it when it is gzip, whatever its name; throws THWART_FILE_UNREADABLE. */
export const openBytes: OpenBytes = async (path) => {
  try {
    const handle = await open(path, "r")
    return await sourceOf(handle)
  } catch (cause) {
    throw new ThwartError("THWART_FILE_UNREADABLE", `can't read "${path}"`, { cause })
  }
}

async function sourceOf(handle: FileHandle): Promise<ByteSource> {
  const state = { read: 0, problem: null as string | null }
  try {
    const stat = await handle.stat()
    if (stat.isDirectory()) throw new Error("it is a folder")
    const first = Buffer.alloc(2)
    const isFile = stat.isFile()
    const { bytesRead } = isFile ? await handle.read(first, 0, 2, 0) : { bytesRead: 0 }
    const gzip = bytesRead === 2 && first[0] === 0x1f && first[1] === 0x8b
    return {
      bytesTotal: isFile ? stat.size : 0,
      bytesRead: () => state.read,
      problem: () => state.problem,
      chunks: () => (gzip ? unpacked(handle, state) : plain(handle, state, isFile)),
      close: () => handle.close(),
    }
  } catch (cause) {
    await handle.close()
    throw cause
  }
}

interface Progress {
  read: number
  problem: string | null
}

async function* plain(handle: FileHandle, state: Progress, seekable: boolean): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes)
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, seekable ? state.read : null)
    if (bytesRead === 0) return
    state.read += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function* copies(handle: FileHandle, state: Progress): AsyncGenerator<Buffer> {
  for await (const chunk of plain(handle, state, true)) yield Buffer.from(chunk)
}

async function* unpacked(handle: FileHandle, state: Progress): AsyncGenerator<Buffer> {
  // A sync flush gives what a cut-off file holds; the format inside tells where it broke off.
  const gunzip = createGunzip({ chunkSize: gunzipChunkBytes, finishFlush: constants.Z_SYNC_FLUSH })
  const packed = Readable.from(copies(handle, state), { highWaterMark: 1 })
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
