import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { messageOf, ThwartError } from "../../core/index.ts"
import { type Custody, type CustodyBook, custody } from "./custody.ts"

export interface CustodyFilesDeps {
  readonly dir: string
  readonly onError: (error: unknown) => void
}

// Some 600 kB each at most, so 300 MB; the oldest go first.
const maxEvidence = 500

/** One file for each container in custody and for each snapshot of evidence, readable by nobody else. */
export function createCustodyFiles({ dir, onError }: CustodyFilesDeps): CustodyBook {
  const [custodyDir, evidenceDir] = [join(dir, "custody"), join(dir, "evidence")]
  let known: Map<string, Custody> | undefined

  const load = async (): Promise<Map<string, Custody>> => {
    if (known !== undefined) return known
    const loaded = new Map<string, Custody>()
    for (const name of await listed(custodyDir)) {
      const file = join(custodyDir, name)
      try {
        const one = custody.parse(JSON.parse(await readFile(file, "utf8")))
        loaded.set(one.countermeasure, one)
      } catch (cause) {
        // One bad file holds up no other; what it spoke of stays as it is until a person has looked.
        const message = `${file} can't be read: ${messageOf(cause)}; the container that it names may have to be let go by hand`
        onError(new ThwartError("THWART_FILE_UNREADABLE", message, { cause }))
      }
    }
    known = loaded
    return loaded
  }
  const makeRoom = async () => {
    // Ids begin with their time, so names sort by age.
    const names = (await listed(evidenceDir)).toSorted()
    for (const name of names.slice(0, Math.max(0, names.length - maxEvidence))) await rm(join(evidenceDir, name))
  }

  return {
    all: async () => [...(await load()).values()],
    keep: async (one) => {
      const all = await load()
      await writeDurably(fileOf(custodyDir, one.countermeasure), one)
      all.set(one.countermeasure, one)
    },
    forget: async ({ countermeasure }) => {
      const all = await load()
      await rm(fileOf(custodyDir, countermeasure), { force: true })
      all.delete(countermeasure)
    },
    keepEvidence: async (of, evidence) => {
      await writeDurably(fileOf(evidenceDir, of), evidence)
      await makeRoom()
    },
    evidenceOf: async (of) => {
      try {
        return JSON.parse(await readFile(fileOf(evidenceDir, of), "utf8")) as unknown
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
        throw error
      }
    },
  }
}

function fileOf(dir: string, id: Custody["countermeasure"]): string {
  // The schema of ids has no slash and no dot, but a path is no place for trust.
  if (!/^cm_[0-9a-z]{1,60}$/.test(id)) throw new ThwartError("THWART_NOT_FOUND", `"${id}" is no countermeasure's id`)
  return join(dir, `${id}.json`)
}

async function listed(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith(".json"))
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return []
    throw error
  }
}

/** Whole or not at all, also when the machine stops in between. */
async function writeDurably(file: string, value: unknown): Promise<void> {
  const dir = dirname(file)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = `${file}.new`
  const handle = await open(draft, "w", 0o600)
  try {
    await handle.writeFile(JSON.stringify(value))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
  const folder = await open(dir, "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
