import type { Transaction } from "kysely"
import { severities } from "../../core/index.ts"
import type { Changes } from "../store.ts"
import type { Database } from "./schema.ts"
import { writeDeliveries } from "./write-deliveries.ts"
import { writeMasks } from "./write-masks.ts"
import { writePlaybooks } from "./write-playbooks.ts"
import { writeProposals } from "./write-proposals.ts"
import { countHits, writeRules } from "./write-rules.ts"
import { writeVulnerabilities } from "./write-vulnerabilities.ts"

// Parameters in one statement: SQLite takes 32,766, PostgreSQL 65,535; rows have six at most.
const rowsPerStatement = 500

/** Writes everything that changed together, inside the caller's transaction. */
export async function write(db: Transaction<Database>, changes: Changes): Promise<void> {
  for (const rows of slices(changes.alerts)) {
    const values = rows.map((alert) => ({
      id: alert.id,
      at: alert.at,
      attacker: alert.attacker,
      severity: severities.indexOf(alert.severity),
      document: json(alert),
    }))
    const added = await db
      .insertInto("alerts")
      .values(values)
      .onConflict((conflict) => conflict.column("id").doNothing())
      .returning("id")
      .execute()
    const ids = new Set(added.map(({ id }) => id))
    // A known id twice in one record is one alert.
    await countHits(
      db,
      [...new Map(rows.map((alert) => [alert.id, alert])).values()].filter(({ id }) => ids.has(id)),
    )
  }
  await writeMasks(db, changes)
  await writeIncidents(db, changes)
  for (const countermeasure of changes.countermeasures ?? []) {
    const row = {
      created_at: countermeasure.createdAt,
      expires_at: countermeasure.expiresAt,
      ended_at: countermeasure.endedAt,
      incident: countermeasure.reason.incident,
      document: json(countermeasure),
    }
    await db
      .insertInto("countermeasures")
      .values({ id: countermeasure.id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute()
  }
  await writeProposals(db, changes)
  await writeSettings(db, changes)
  await writeRules(db, changes)
  await writeVulnerabilities(db, changes)
  await writePlaybooks(db, changes)
  await writeAccounts(db, changes)
  await writeUses(db, changes)
  await writeDeliveries(db, changes)
  for (const rows of slices(changes.audit)) {
    const values = rows.map((entry) => ({ id: entry.id, at: entry.at, document: json(entry) }))
    await db
      .insertInto("audit")
      .values(values)
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute()
  }
}

async function writeIncidents(db: Transaction<Database>, { incidents = [] }: Changes): Promise<void> {
  for (const incident of incidents) {
    const row = {
      version: incident.version,
      started_at: incident.startedAt,
      updated_at: incident.updatedAt,
      attacker: incident.attacker,
      status: incident.status,
      document: json(incident),
    }
    await db
      .insertInto("incidents")
      .values({ id: incident.id, ...row })
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet(row).where("incidents.version", "<", incident.version),
      )
      .execute()
  }
}

async function writeSettings(
  db: Transaction<Database>,
  { policies = [], allowlist = [], removedAllowlist = [] }: Changes,
): Promise<void> {
  for (const policy of policies) {
    const row = { document: json(policy) }
    await db
      .insertInto("policies")
      .values({ id: policy.id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute()
  }
  for (const entry of allowlist) {
    const row = { document: json(entry) }
    await db
      .insertInto("allowlist")
      .values({ id: entry.id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute()
  }
  for (const id of removedAllowlist) await db.deleteFrom("allowlist").where("id", "=", id).execute()
}

async function writeAccounts(
  db: Transaction<Database>,
  { users = [], sessions = [], removedSessions = [], tokens = [], removedTokens = [] }: Changes,
): Promise<void> {
  for (const user of users) {
    const row = { document: json(user) }
    await db
      .insertInto("users")
      .values({ name: user.name, ...row })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
      .execute()
  }
  for (const session of sessions) {
    const row = { user_name: session.user, expires_at: session.expiresAt, document: json(session) }
    await db
      .insertInto("sessions")
      .values({ secret_hash: session.secretHash, ...row })
      .onConflict((conflict) => conflict.column("secret_hash").doUpdateSet(row))
      .execute()
  }
  for (const secretHash of removedSessions)
    await db.deleteFrom("sessions").where("secret_hash", "=", secretHash).execute()
  for (const token of tokens) {
    const row = { secret_hash: token.secretHash, document: json(token) }
    await db
      .insertInto("tokens")
      .values({ id: token.id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute()
  }
  for (const id of removedTokens) await db.deleteFrom("tokens").where("id", "=", id).execute()
}

async function writeUses(db: Transaction<Database>, { usedSessions = [], usedTokens = [] }: Changes): Promise<void> {
  for (const session of usedSessions)
    await db
      .updateTable("sessions")
      .set({ expires_at: session.expiresAt, document: json(session) })
      .where("secret_hash", "=", session.secretHash)
      .execute()
  for (const token of usedTokens)
    await db
      .updateTable("tokens")
      .set({ document: json(token) })
      .where("id", "=", token.id)
      .execute()
}

/** JSON.stringify escapes U+0000 and lone surrogates, so that the text is valid in every database. */
const json = (value: unknown) => JSON.stringify(value)

function slices<T>(rows: readonly T[] = []): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / rowsPerStatement) }, (_, index) =>
    rows.slice(index * rowsPerStatement, (index + 1) * rowsPerStatement),
  )
}
