import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"

/** Stands in each folder that was fetched: what it is, and where it came from. */
export const recordFile = "thwart-fetched.json"

const recordSchema = z.object({
  /** A known source's name, or the URL or path. */
  source: z.string(),
  version: z.string().nullable(),
  from: z.string(),
  /** Of the archive. */
  sha256: z.string(),
  fetchedAt: z.iso.datetime(),
  format: z.enum(["seclang", "signatures"]),
  rules: z.int(),
  warnings: z.int(),
})

export type FetchRecord = z.infer<typeof recordSchema>

/** Undefined where nothing was fetched to, or nothing that can be read. */
export function recordOf(folder: string): FetchRecord | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(join(folder, recordFile), "utf8")))
  } catch {
    return undefined // Another folder, or none.
  }
}

export function writeRecord(folder: string, record: FetchRecord): void {
  writeFileSync(join(folder, recordFile), `${JSON.stringify(record, null, 2)}\n`, { flag: "wx" })
}
