import type { Latin1 } from "../../core/index.ts"
import type { ByteSource } from "./bytes.ts"
import type { ReadProgress } from "./file-sensor.ts"
import type { Skipped } from "./skipped.ts"

export interface Line {
  readonly text: Latin1
  /** From 1. */
  readonly number: number
}

/** Cuts pieces of any size into lines; a line over the limit is counted and left out. */
export interface LineCutter {
  push(chunk: Buffer): readonly Line[]
  /** The last line, when nothing ended it. */
  finish(): readonly Line[]
}

export function createLineCutter(skipped: Skipped, mostBytes: number): LineCutter {
  let partial = ""
  let tooLong = false
  let number = 0

  const end = (text: string): readonly Line[] => {
    number++
    const [skip, whole] = [tooLong || partial.length + text.length > mostBytes, partial + text]
    partial = ""
    tooLong = false
    if (skip) skipped.add("line too long")
    const line = whole.endsWith("\r") ? whole.slice(0, -1) : whole
    return skip || line === "" ? [] : [{ text: line, number }]
  }

  return {
    push: (chunk) => {
      const lines: Line[] = []
      let from = 0
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
        lines.push(...end(chunk.toString("latin1", from, Math.min(at, from + mostBytes + 1))))
        from = at + 1
      }
      if (partial.length + chunk.length - from > mostBytes) tooLong = true
      else partial += chunk.toString("latin1", from)
      return lines
    },
    finish: () => (partial === "" && !tooLong ? [] : end("")),
  }
}

// Lines that wait for their turn grow old in memory: only so many are cut at once.
const pieceBytes = 16 * 1024

export interface LineReading {
  readonly cutter: LineCutter
  readonly skipped: Skipped
  readonly signal: AbortSignal
  readonly onProgress: ((progress: ReadProgress) => void) | undefined
}

/** Takes a source line by line to its end, or until the signal aborts, and closes it. */
export async function forEachLine(
  source: ByteSource,
  { cutter, skipped, signal, onProgress }: LineReading,
  take: (line: Line) => Promise<void>,
): Promise<void> {
  const takeAll = async (lines: readonly Line[]) => {
    for (const line of lines) if (!signal.aborted) await take(line)
  }
  try {
    for await (const chunk of source.chunks()) {
      for (let at = 0; at < chunk.length; at += pieceBytes)
        await takeAll(cutter.push(chunk.subarray(at, at + pieceBytes)))
      onProgress?.({ bytesRead: source.bytesRead(), bytesTotal: source.bytesTotal })
      if (signal.aborted) return
    }
    await takeAll(cutter.finish())
    const problem = source.problem()
    if (problem !== null) skipped.add(problem)
  } finally {
    await source.close()
  }
}
