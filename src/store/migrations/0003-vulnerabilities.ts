import type { Kysely, Migration } from "kysely"

export const vulnerabilities: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable("vulnerability_reports")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("document", "text", (column) => column.notNull())
      .execute()
  },
}
