import { mkdir, open, readFile, rename } from "node:fs/promises"
import { dirname } from "node:path"
import { z } from "zod"
import { type Cidr, cidr, type Direction, direction, messageOf, ThwartError } from "../../core/index.ts"
import { type Block, keyOf } from "../enforcer.ts"

/** What was told of one entry. `asked`: it was about to be told, and nobody knows whether the target heard it. */
export interface Line extends Block {
  readonly state: "asked" | "told"
}
export interface Gone {
  readonly state: "gone"
  readonly target: Cidr
  readonly direction: Direction
}

/** What a target was told, durably: for targets that can't be asked it is all that is known of them. */
export interface Book {
  all(): Promise<ReadonlyMap<string, Line>>
  /** Resolves when it is on the disk. */
  write(lines: readonly (Line | Gone)[]): Promise<void>
  close(): Promise<void>
}

export interface BookDeps {
  readonly file: string
  readonly onError: (error: unknown) => void
}

const place = { target: cidr, direction }
const line = z.discriminatedUnion("state", [
  z.object({ ...place, state: z.literal("asked"), expiresAt: z.number().nullable() }),
  z.object({ ...place, state: z.literal("told"), expiresAt: z.number().nullable() }),
  z.object({ ...place, state: z.literal("gone") }),
])
// Behind this many lines for each entry that stands, the file is written anew.
const [linesPerEntry, leastLines] = [4, 1000]

/** One line of JSON for each change, appended; the last one of an entry counts. */
export function createBook({ file, onError }: BookDeps): Book {
  let known: Map<string, Line> | undefined
  let lines = 0

  const load = async (): Promise<Map<string, Line>> => {
    if (known !== undefined) return known
    const loaded = new Map<string, Line>()
    const texts = (await textOf(file)).split("\n").filter((text) => text !== "")
    for (const [index, text] of texts.entries()) {
      try {
        take(loaded, line.parse(JSON.parse(text)))
      } catch (cause) {
        // The last one may be half of one, when the machine stopped while it was written: then nothing was told of it.
        if (index === texts.length - 1) continue
        const message = `line ${index + 1} of ${file} can't be read: ${messageOf(cause)}; what it spoke of may have to be unblocked by hand`
        onError(new ThwartError("THWART_FILE_UNREADABLE", message, { cause }))
      }
    }
    await rewrite(loaded)
    known = loaded
    return loaded
  }
  const rewrite = async (all: ReadonlyMap<string, Line>) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeDurably(`${file}.new`, "w", [...all.values()])
    await rename(`${file}.new`, file)
    lines = all.size
  }

  return {
    all: load,
    write: async (changes) => {
      const all = await load()
      if (changes.length === 0) return
      if (lines + changes.length > Math.max(leastLines, linesPerEntry * all.size)) await rewrite(all)
      await writeDurably(file, "a", changes)
      lines += changes.length
      for (const change of changes) take(all, change)
    },
    close: async () => {
      known = undefined
    },
  }
}

function take(all: Map<string, Line>, change: Line | Gone): void {
  if (change.state === "gone") all.delete(keyOf(change))
  else all.set(keyOf(change), change)
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return ""
    throw error
  }
}

async function writeDurably(file: string, how: "a" | "w", lines: readonly (Line | Gone)[]): Promise<void> {
  const handle = await open(file, how, 0o600)
  try {
    await handle.writeFile(lines.map((one) => `${JSON.stringify(one)}\n`).join(""))
    await handle.sync()
  } finally {
    await handle.close()
  }
}
