import type { Latin1, Millis } from "../../../core/index.ts"

/** What rules remember from one transaction to the next: one record for each collection and key, with an end. */
export interface PersistentStore {
  open(collection: string, key: Latin1, now: Millis): PersistentRecord
}

export interface PersistentRecord {
  readonly key: Latin1
  readonly values: Map<string, Latin1>
  /** When single values end (`expirevar`). */
  readonly ends: Map<string, Millis>
  readonly createdAt: Millis
  usedAt: Millis
}

export interface PersistentOptions {
  /** Records kept; the one that was longest unused goes first. Attackers choose keys, so there is an end. */
  readonly maxRecords: number
  /** SecCollectionTimeout. */
  readonly timeoutMs: Millis
}

export const defaultPersistentOptions: PersistentOptions = { maxRecords: 50_000, timeoutMs: 3_600_000 }
// Values of one record; rules name them, but macros in names may hold what a client sent.
const maxValues = 200

export function createPersistentStore({ maxRecords, timeoutMs }: PersistentOptions): PersistentStore {
  const records = new Map<string, PersistentRecord>()
  return {
    open: (collection, key, now) => {
      const id = `${collection}\0${key.slice(0, 256)}`
      const known = records.get(id)
      const record =
        known !== undefined && now - known.usedAt <= timeoutMs
          ? known
          : { key, values: new Map<string, Latin1>(), ends: new Map<string, Millis>(), createdAt: now, usedAt: now }
      record.usedAt = now
      for (const [name, end] of record.ends) {
        if (end > now) continue
        record.values.delete(name)
        record.ends.delete(name)
      }
      records.delete(id)
      records.set(id, record)
      if (records.size > maxRecords) {
        const oldest = records.keys().next().value
        if (oldest !== undefined) records.delete(oldest)
      }
      return record
    },
  }
}

/** Sets a value, unless the record is full of others. */
export function remember(record: PersistentRecord, name: string, value: Latin1): void {
  if (record.values.size < maxValues || record.values.has(name)) record.values.set(name, value)
}
