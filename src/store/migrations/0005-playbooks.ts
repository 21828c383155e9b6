import type { Kysely, Migration } from "kysely"

export const playbooks: Migration = {
  up: async (db: Kysely<unknown>) => {
    const table = (name: string) =>
      db.schema
        .createTable(name)
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("document", "text", (column) => column.notNull())
    for (const name of ["playbooks", "playbook_switches", "incident_notes"]) await table(name).execute()
    await table("playbook_runs")
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("playbook", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .execute()
    await db.schema.createIndex("playbook_runs_by_time").on("playbook_runs").columns(["at", "id"]).execute()
    await db.schema
      .createIndex("playbook_runs_by_playbook")
      .on("playbook_runs")
      .columns(["playbook", "at", "id"])
      .execute()
    await db.schema.createIndex("playbook_runs_by_state").on("playbook_runs").columns(["state", "at", "id"]).execute()
  },
}
