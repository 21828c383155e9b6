import { type FileHandle, open, stat } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { type Millis, ThwartError } from "../../core/index.ts"

export interface FollowOptions {
  /** Where to begin; what comes after a rotation is read from its start. */
  readonly from: "start" | "end"
  readonly pollMs: Millis
  readonly signal: AbortSignal
}

export type Followed =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  /** Another file stands there now, or this one was emptied: what follows is not the rest of what came. */
  | { readonly kind: "restarted" }
  /** Nothing came since the file was looked at last. */
  | { readonly kind: "idle" }

const chunkBytes = 64 * 1024

interface Place {
  handle: FileHandle
  position: number
}

/**
 * Reads a file as it grows until the signal aborts, through rotation (the rest of the old file first) and truncation. Bytes are
 * good until the next are asked for. Looks again and again rather than waits to be told: that works on every file system.
 */
export async function* follow(path: string, { from, pollMs, signal }: FollowOptions): AsyncGenerator<Followed> {
  const place = await firstPlace(path, from)
  const buffer = Buffer.allocUnsafeSlow(chunkBytes)
  try {
    while (!signal.aborted) {
      const { bytesRead } = await place.handle.read(buffer, 0, buffer.length, place.position)
      place.position += bytesRead
      if (bytesRead > 0) {
        yield { kind: "bytes", bytes: buffer.subarray(0, bytesRead) }
        continue
      }
      if (await moved(path, place)) yield { kind: "restarted" }
      else {
        yield { kind: "idle" }
        await sleep(pollMs, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
      }
    }
  } finally {
    await place.handle.close()
  }
}

async function firstPlace(path: string, from: "start" | "end"): Promise<Place> {
  try {
    const handle = await open(path, "r")
    return { handle, position: from === "end" ? (await handle.stat()).size : 0 }
  } catch (cause) {
    throw new ThwartError("THWART_FILE_UNREADABLE", `can't read "${path}"`, { cause })
  }
}

/** Called at the end of the file: true when reading goes on at the start of another, or of this one. */
async function moved(path: string, place: Place): Promise<boolean> {
  const own = await place.handle.stat()
  if (own.size < place.position) {
    place.position = 0
    return true
  }
  // Between the old file's going and the new one's coming there is none.
  const now = await stat(path).catch(() => undefined)
  if (now === undefined || (now.ino === own.ino && now.dev === own.dev) || own.size > place.position) return false
  const next = await open(path, "r").catch(() => undefined)
  if (next === undefined) return false
  await place.handle.close()
  place.handle = next
  place.position = 0
  return true
}
