import type { Kysely, Migration } from "kysely"

export const recommendations: Migration = {
  up: async (db: Kysely<unknown>) => {
    const table = (name: string) =>
      db.schema
        .createTable(name)
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("document", "text", (column) => column.notNull())
    await table("proposals")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("policy", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex("proposals_by_state")
      .on("proposals")
      .columns(["state", "policy", "created_at", "id"])
      .execute()
    await table("recommendations").execute()
  },
}
