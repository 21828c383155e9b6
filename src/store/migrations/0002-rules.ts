import type { Kysely, Migration } from "kysely"

export const rules: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const name of ["rule_switches", "rule_exceptions"])
      await db.schema
        .createTable(name)
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("document", "text", (column) => column.notNull())
        .execute()
    await db.schema
      .createTable("rule_hits")
      .addColumn("rule", "text", (column) => column.notNull())
      .addColumn("day", "integer", (column) => column.notNull())
      .addColumn("hits", "bigint", (column) => column.notNull())
      .addColumn("last_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("rule_hits_key", ["rule", "day"])
      .execute()
    await db.schema.createIndex("rule_hits_by_day").on("rule_hits").column("day").execute()
    await db.schema
      .createTable("alert_verdicts")
      .addColumn("alert", "text", (column) => column.primaryKey())
      .addColumn("document", "text", (column) => column.notNull())
      .execute()
    await db.schema
      .createTable("rule_verdicts")
      .addColumn("alert", "text", (column) => column.notNull())
      .addColumn("rule", "text", (column) => column.notNull())
      .addColumn("verdict", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("rule_verdicts_key", ["alert", "rule"])
      .execute()
  },
}
