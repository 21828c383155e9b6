import type { Kysely, Migration } from "kysely"

export const first: Migration = {
  up: async (db: Kysely<unknown>) => {
    const table = (name: string) =>
      db.schema.createTable(name).addColumn("document", "text", (column) => column.notNull())
    const key = (name: string, column: string) =>
      table(name).addColumn(column, "text", (definition) => definition.primaryKey())

    await key("alerts", "id")
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("attacker", "text", (column) => column.notNull())
      .addColumn("severity", "integer", (column) => column.notNull())
      .execute()
    await db.schema.createIndex("alerts_by_time").on("alerts").columns(["at", "id"]).execute()
    await db.schema.createIndex("alerts_by_attacker").on("alerts").columns(["attacker", "at", "id"]).execute()

    await key("incidents", "id")
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("started_at", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .addColumn("attacker", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .execute()
    await db.schema.createIndex("incidents_by_time").on("incidents").columns(["started_at", "id"]).execute()
    await db.schema
      .createIndex("incidents_by_attacker")
      .on("incidents")
      .columns(["attacker", "started_at", "id"])
      .execute()

    await key("countermeasures", "id")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint")
      .addColumn("ended_at", "bigint")
      .addColumn("incident", "text")
      .execute()
    await db.schema.createIndex("countermeasures_by_time").on("countermeasures").columns(["created_at", "id"]).execute()
    await db.schema
      .createIndex("countermeasures_by_incident")
      .on("countermeasures")
      .columns(["incident", "created_at", "id"])
      .execute()

    await key("policies", "id").execute()
    await key("allowlist", "id").execute()
    await key("users", "name").execute()
    await key("sessions", "secret_hash")
      .addColumn("user_name", "text", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute()
    await key("tokens", "id")
      .addColumn("secret_hash", "text", (column) => column.notNull().unique())
      .execute()
    await key("audit", "id")
      .addColumn("at", "bigint", (column) => column.notNull())
      .execute()
    await db.schema.createIndex("audit_by_time").on("audit").columns(["at", "id"]).execute()
  },
}
