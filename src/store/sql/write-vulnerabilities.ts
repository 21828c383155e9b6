import type { Transaction } from "kysely"
import type { Changes } from "../store.ts"
import type { Database } from "./schema.ts"

export async function writeVulnerabilities(
  db: Transaction<Database>,
  { vulnerabilityReports = [], removedVulnerabilityReports = [] }: Changes,
): Promise<void> {
  for (const report of vulnerabilityReports) {
    const document = JSON.stringify(report)
    await db
      .insertInto("vulnerability_reports")
      .values({ id: report.id, document })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ document }))
      .execute()
  }
  for (const id of removedVulnerabilityReports)
    await db.deleteFrom("vulnerability_reports").where("id", "=", id).execute()
}
