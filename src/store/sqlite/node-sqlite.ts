import { DatabaseSync, type SQLInputValue } from "node:sqlite"
import type { SqliteDatabase } from "kysely"

// Another process that writes holds the file for milliseconds; this long without it means that something is stuck.
const busyTimeoutMs = 10_000
// The same few statements are run again and again, but inserts of many rows differ by their number.
const maxPrepared = 200

/** Node's own SQLite in the shape that Kysely's dialect asks for. */
export function openDatabase(path: string): SqliteDatabase {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs })
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>()
  const statementOf = (sql: string) => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    if (prepared.size > maxPrepared) prepared.delete(prepared.keys().next().value ?? sql)
    return statement
  }
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = statementOf(sql)
      // The casts hold: our columns are text and numbers, and so are the parameters that Kysely passes on.
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      }
    },
  }
}
