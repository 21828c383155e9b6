import { chmodSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { Kysely, SqliteDialect } from "kysely"
import { ThwartError } from "../../core/index.ts"
import type { Database } from "../sql/schema.ts"
import { createSqlStore, migrate } from "../sql/sql-store.ts"
import type { Store } from "../store.ts"
import { openDatabase } from "./node-sqlite.ts"

export interface SqliteOptions {
  /** A file, made with its folder where it is missing, readable by its owner alone; or `:memory:`. */
  readonly path: string
}

/** The embedded store. Durable: WAL mode with synchronous=FULL. */
export async function createSqliteStore({ path }: SqliteOptions): Promise<Store> {
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const database = openDatabase(path)
    if (path !== ":memory:") chmodSync(path, 0o600)
    const deps = { db: new Kysely<Database>({ dialect: new SqliteDialect({ database }) }), name: path }
    await migrate(deps)
    return createSqlStore(deps)
  } catch (cause) {
    if (cause instanceof ThwartError) throw cause
    throw new ThwartError(
      "THWART_STORE_FAILED",
      `the database ${path} can't be opened; check that its folder can be written and that it is a database of Thwart's`,
      { cause },
    )
  }
}
