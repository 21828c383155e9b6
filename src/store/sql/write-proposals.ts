import type { Transaction } from "kysely"
import type { Changes } from "../store.ts"
import type { Database } from "./schema.ts"

// Five parameters a row, and SQLite takes 32,766 in a statement.
const rowsPerStatement = 500

export async function writeProposals(
  db: Transaction<Database>,
  { proposals = [], recommendations = [], removedRecommendations = [] }: Changes,
): Promise<void> {
  // PostgreSQL replaces a row once in a statement: of one proposal the last counts.
  const rows = [...new Map(proposals.map((one) => [one.id, one])).values()].map((one) => ({
    id: one.id,
    created_at: one.createdAt,
    policy: one.policy,
    state: one.state,
    document: JSON.stringify(one),
  }))
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await db
      .insertInto("proposals")
      .values(rows.slice(start, start + rowsPerStatement))
      .onConflict((conflict) =>
        conflict
          .column("id")
          .doUpdateSet((eb) => ({ state: eb.ref("excluded.state"), document: eb.ref("excluded.document") })),
      )
      .execute()
  for (const one of recommendations) {
    const document = JSON.stringify(one)
    await db
      .insertInto("recommendations")
      .values({ id: one.id, document })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ document }))
      .execute()
  }
  for (const id of removedRecommendations) await db.deleteFrom("recommendations").where("id", "=", id).execute()
}
