import type { Kysely, Migration } from "kysely"

export const deliveries: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable("deliveries")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .execute()
    await db.schema.createIndex("deliveries_by_time").on("deliveries").columns(["created_at", "id"]).execute()
    await db.schema
      .createIndex("deliveries_by_target")
      .on("deliveries")
      .columns(["target", "state", "created_at", "id"])
      .execute()
  },
}
