import type { Transaction } from "kysely"
import type { Changes } from "../store.ts"
import type { Database } from "./schema.ts"

// A season, as with the counts of rules.
const keptMs = 90 * 86_400_000

export async function writePlaybooks(
  db: Transaction<Database>,
  { playbooks = [], removedPlaybooks = [], playbookSwitches = [], playbookRuns = [], incidentNotes = [] }: Changes,
): Promise<void> {
  const put = (table: "playbooks" | "playbook_switches" | "incident_notes", id: string, of: unknown) => {
    const document = JSON.stringify(of)
    return db
      .insertInto(table)
      .values({ id, document })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ document }))
      .execute()
  }
  for (const one of playbooks) await put("playbooks", one.id, one)
  for (const one of playbookSwitches) await put("playbook_switches", one.playbook, one)
  for (const one of incidentNotes) await put("incident_notes", one.incident, one)
  for (const id of removedPlaybooks) {
    await db.deleteFrom("playbooks").where("id", "=", id).execute()
    await db.deleteFrom("playbook_switches").where("id", "=", id).execute()
  }
  for (const run of playbookRuns) {
    const row = { at: run.at, playbook: run.playbook, state: run.state, document: JSON.stringify(run) }
    await db
      .insertInto("playbook_runs")
      .values({ id: run.id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute()
  }
  const newest = Math.max(0, ...playbookRuns.map(({ at }) => at))
  if (newest > keptMs)
    await db
      .deleteFrom("playbook_runs")
      .where("at", "<", newest - keptMs)
      .execute()
}
