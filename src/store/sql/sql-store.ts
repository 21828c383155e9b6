import { type Kysely, Migrator, type SelectQueryBuilder, sql, type Transaction } from "kysely"
import {
  type Alert,
  type AlertVerdict,
  type AllowlistEntry,
  type ApiToken,
  type AuditEntry,
  type Countermeasure,
  completePolicy,
  type Delivery,
  type Incident,
  type IncidentNotes,
  messageOf,
  type Playbook,
  type PlaybookRun,
  type Policy,
  type Proposal,
  type RecommendationHead,
  type RuleException,
  type RuleSwitch,
  type Session,
  severities,
  ThwartError,
  type User,
  type VulnerabilityReport,
} from "../../core/index.ts"
import { migrations } from "../migrations/index.ts"
import type { Changes, Page, PageQuery, PlaybookSwitch, Store } from "../store.ts"
import { createGroupCommit } from "./group-commit.ts"
import { readStatistics } from "./read-statistics.ts"
import type { Database } from "./schema.ts"
import { write } from "./write.ts"

export interface SqlStoreDeps {
  readonly db: Kysely<Database>
  /** How errors name the database: a path, or a URL without its password. */
  readonly name: string
}

/** Brings the schema up to date; two processes that open at once wait for each other. */
export async function migrate({ db, name }: SqlStoreDeps, schema?: string): Promise<void> {
  const provider = { getMigrations: async () => ({ ...migrations }) }
  // Without it, tables of the same names in other schemas of the database are taken for ours.
  const migrator = new Migrator({ db, provider, ...(schema === undefined ? {} : { migrationTableSchema: schema }) })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  const newer = /corrupted migrations|previously executed migration/.test(messageOf(error))
  const what = newer
    ? "was written by a newer Thwart; run that one, or use another database"
    : "could not be brought up to date"
  throw new ThwartError("THWART_STORE_FAILED", `the database ${name} ${what}`, { cause: error })
}

/** The Store port over one Kysely schema, whatever the database. */
export function createSqlStore({ db, name }: SqlStoreDeps): Store {
  const failed = (cause: unknown) =>
    cause instanceof ThwartError
      ? cause
      : new ThwartError("THWART_STORE_FAILED", `the database ${name} failed`, { cause })
  const guarded = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task()
    } catch (error) {
      throw failed(error)
    }
  }
  const commits = createGroupCommit<Changes>((batch) =>
    guarded(() =>
      db.transaction().execute(async (transaction: Transaction<Database>) => {
        for (const changes of batch) await write(transaction, changes)
      }),
    ),
  )
  const one = <T>(query: SelectQueryBuilder<Database, never, { document: string }>) =>
    guarded(async () => parse<T>((await query.executeTakeFirst())?.document))
  const all = <T>(query: SelectQueryBuilder<Database, never, { document: string }>) =>
    guarded(async () => (await query.execute()).map(({ document }) => JSON.parse(document) as T))
  let closing: Promise<void> | undefined

  return {
    record: commits.add,

    alert: (id) => one<Alert>(db.selectFrom("alerts").select("document").where("id", "=", id)),
    alerts: (query) =>
      guarded(async () => {
        let rows = db.selectFrom("alerts").select(["document", "id", "at as time"])
        if (query.attacker !== undefined) rows = rows.where("attacker", "=", query.attacker)
        if (query.since !== undefined) rows = rows.where("at", ">=", query.since)
        if (query.until !== undefined) rows = rows.where("at", "<=", query.until)
        if (query.minSeverity !== undefined) rows = rows.where("severity", ">=", severities.indexOf(query.minSeverity))
        if (query.ids !== undefined) rows = rows.where("id", "in", query.ids.length > 0 ? [...query.ids] : [""])
        const order = query.order === "oldest" ? "asc" : "desc"
        return page<Alert>(query, (cursor, limit) =>
          after(rows, "at", cursor && { ...cursor, order })
            .orderBy("at", order)
            .orderBy("id", order)
            .limit(limit)
            .execute(),
        )
      }),
    incident: (id) => one<Incident>(db.selectFrom("incidents").select("document").where("id", "=", id)),
    incidents: (query) =>
      guarded(async () => {
        let rows = db.selectFrom("incidents").select(["document", "id", "started_at as time"])
        if (query.status !== undefined) rows = rows.where("status", "=", query.status)
        if (query.attacker !== undefined) rows = rows.where("attacker", "=", query.attacker)
        if (query.since !== undefined) rows = rows.where("updated_at", ">=", query.since)
        return page<Incident>(query, (cursor, limit) =>
          after(rows, "started_at", cursor).orderBy("started_at", "desc").orderBy("id", "desc").limit(limit).execute(),
        )
      }),
    countermeasure: (id) =>
      one<Countermeasure>(db.selectFrom("countermeasures").select("document").where("id", "=", id)),
    countermeasures: (query) =>
      guarded(async () => {
        let rows = db.selectFrom("countermeasures").select(["document", "id", "created_at as time"])
        const { activeAt, incident } = query
        if (activeAt !== undefined)
          rows = rows
            .where("ended_at", "is", null)
            .where((is) => is.or([is("expires_at", "is", null), is("expires_at", ">", activeAt)]))
        if (incident !== undefined) rows = rows.where("incident", "=", incident)
        return page<Countermeasure>(query, (cursor, limit) =>
          after(rows, "created_at", cursor).orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute(),
        )
      }),
    policies: async () =>
      (await all<Policy>(db.selectFrom("policies").select("document").orderBy("id"))).map(completePolicy),
    proposals: (query) =>
      guarded(async () => {
        let rows = db.selectFrom("proposals").select(["document", "id", "created_at as time"])
        if (query.policy !== undefined) rows = rows.where("policy", "=", query.policy)
        if (query.state !== undefined) rows = rows.where("state", "=", query.state)
        return page<Proposal>(query, (cursor, limit) =>
          after(rows, "created_at", cursor).orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute(),
        )
      }),
    recommendations: () => all<RecommendationHead>(db.selectFrom("recommendations").select("document").orderBy("id")),
    allowlist: () => all<AllowlistEntry>(db.selectFrom("allowlist").select("document").orderBy("id")),

    user: (name) => one<User>(db.selectFrom("users").select("document").where("name", "=", name)),
    users: () => all<User>(db.selectFrom("users").select("document").orderBy("name")),
    session: (secretHash) =>
      one<Session>(db.selectFrom("sessions").select("document").where("secret_hash", "=", secretHash)),
    sessionsOf: (user) => all<Session>(db.selectFrom("sessions").select("document").where("user_name", "=", user)),
    tokenBySecret: (secretHash) =>
      one<ApiToken>(db.selectFrom("tokens").select("document").where("secret_hash", "=", secretHash)),
    tokens: () => all<ApiToken>(db.selectFrom("tokens").select("document").orderBy("id")),
    audit: (query) =>
      guarded(async () => {
        const rows = db.selectFrom("audit").select(["document", "id", "at as time"])
        return page<AuditEntry>(query, (cursor, limit) =>
          after(rows, "at", cursor).orderBy("at", "desc").orderBy("id", "desc").limit(limit).execute(),
        )
      }),

    deliveries: (query) =>
      guarded(async () => {
        let rows = db.selectFrom("deliveries").select(["document", "id", "created_at as time"])
        if (query.target !== undefined) rows = rows.where("target", "=", query.target)
        if (query.state !== undefined) rows = rows.where("state", "=", query.state)
        return page<Delivery>(query, (cursor, limit) =>
          after(rows, "created_at", cursor).orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute(),
        )
      }),

    ruleSwitches: () => all<RuleSwitch>(db.selectFrom("rule_switches").select("document").orderBy("id")),
    ruleExceptions: () => all<RuleException>(db.selectFrom("rule_exceptions").select("document").orderBy("id")),
    ruleStatistics: () => guarded(() => readStatistics(db)),
    verdicts: (alerts) =>
      all<AlertVerdict>(
        db
          .selectFrom("alert_verdicts")
          .select("document")
          .where("alert", "in", alerts.length > 0 ? [...alerts].slice(0, 1000) : [""]),
      ),

    vulnerabilityReports: () =>
      all<VulnerabilityReport>(db.selectFrom("vulnerability_reports").select("document").orderBy("id")),
    playbooks: () => all<Playbook>(db.selectFrom("playbooks").select("document").orderBy("id")),
    playbookSwitches: () => all<PlaybookSwitch>(db.selectFrom("playbook_switches").select("document").orderBy("id")),
    playbookRun: (id) => one<PlaybookRun>(db.selectFrom("playbook_runs").select("document").where("id", "=", id)),
    playbookRuns: (query) =>
      guarded(async () => {
        let rows = db.selectFrom("playbook_runs").select(["document", "id", "at as time"])
        if (query.playbook !== undefined) rows = rows.where("playbook", "=", query.playbook)
        if (query.state !== undefined) rows = rows.where("state", "=", query.state)
        if (query.since !== undefined) rows = rows.where("at", ">=", query.since)
        return page<PlaybookRun>(query, (cursor, limit) =>
          after(rows, "at", cursor).orderBy("at", "desc").orderBy("id", "desc").limit(limit).execute(),
        )
      }),
    incidentNotes: (id) => one<IncidentNotes>(db.selectFrom("incident_notes").select("document").where("id", "=", id)),

    close: () => {
      closing ??= commits.close().then(() => db.destroy())
      return closing
    },
  }
}

// What is read was written by `write`, so the casts below hold.
function parse<T>(document: string | undefined): T | undefined {
  return document === undefined ? undefined : (JSON.parse(document) as T)
}

interface Row {
  readonly document: string
  readonly id: string
  readonly time: number | string
}

/** Rows after the cursor in the order of time and id: stable while others are written. */
function after<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  column: string,
  cursor: Cursor | undefined,
): SelectQueryBuilder<DB, TB, O> {
  if (cursor === undefined) return query
  const [here, there] = [sql`(${sql.ref(column)}, ${sql.ref("id")})`, sql`(${cursor.time}, ${cursor.id})`]
  return query.where(cursor.order === "asc" ? sql<boolean>`${here} > ${there}` : sql<boolean>`${here} < ${there}`)
}

interface Cursor {
  readonly time: number
  readonly id: string
  /** Descending by default. */
  readonly order?: "asc" | "desc"
}

async function page<T>(
  { limit = 100, cursor }: PageQuery,
  fetch: (cursor: Cursor | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<Page<T>> {
  const bounded = Math.min(1000, Math.max(1, Math.trunc(limit)))
  const rows = await fetch(cursor === undefined ? undefined : readCursor(cursor), bounded + 1)
  const items = rows.slice(0, bounded)
  const last = items.at(-1)
  return {
    items: items.map(({ document }) => JSON.parse(document) as T),
    next:
      rows.length > bounded && last !== undefined
        ? Buffer.from(`${last.time} ${last.id}`).toString("base64url")
        : undefined,
  }
}

function readCursor(text: string): Cursor {
  const match = /^(\d{1,16}(?:\.\d+)?) (\S{1,300})$/.exec(Buffer.from(text, "base64url").toString("utf8"))
  if (match?.[1] === undefined || match[2] === undefined)
    throw new ThwartError("THWART_USAGE", `"${text}" is not a cursor that a page gave`)
  return { time: Number(match[1]), id: match[2] }
}
