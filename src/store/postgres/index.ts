import { Kysely, PostgresDialect } from "kysely"
import pg from "pg"
import { ThwartError } from "../../core/index.ts"
import type { Database } from "../sql/schema.ts"
import { createSqlStore, migrate } from "../sql/sql-store.ts"
import type { Store } from "../store.ts"

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Schema to keep the tables in; it is made where it is missing. */
  readonly schema?: string
  /** Told of a connection that broke while nobody used it. */
  readonly onError?: (error: unknown) => void
}

// Writes go through one group commit; the rest are reads of the API.
const maxConnections = 10

/** The store for when SQLite is outgrown. */
export async function createPostgresStore({
  url,
  schema = "thwart",
  onError = () => undefined,
}: PostgresOptions): Promise<Store> {
  const name = withoutPassword(url)
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new ThwartError("THWART_STORE_FAILED", `"${schema}" is not a name for a schema of ${name}`)
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    options: `-c search_path=${schema}`,
    connectionTimeoutMillis: 10_000,
  })
  pool.on("error", onError)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  try {
    await pool.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
    await migrate({ db, name }, schema)
  } catch (cause) {
    await db.destroy()
    if (cause instanceof ThwartError) throw cause
    throw new ThwartError(
      "THWART_STORE_FAILED",
      `the database ${name} can't be opened; check the address, the user and that it may create a schema`,
      { cause },
    )
  }
  return createSqlStore({ db, name })
}

function withoutPassword(url: string): string {
  return URL.canParse(url) ? Object.assign(new URL(url), { password: "" }).toString() : "given"
}
