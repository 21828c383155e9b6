import type { Transaction } from "kysely"
import type { Changes } from "../store.ts"
import type { Database } from "./schema.ts"

/** The outbox: rows with a known id replace it. */
export async function writeDeliveries(
  db: Transaction<Database>,
  { deliveries = [], forgetDeliveriesBefore }: Changes,
): Promise<void> {
  for (const delivery of deliveries) {
    const row = {
      target: delivery.target,
      state: delivery.state,
      created_at: delivery.createdAt,
      document: JSON.stringify(delivery),
    }
    await db
      .insertInto("deliveries")
      .values({ id: delivery.id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute()
  }
  if (forgetDeliveriesBefore !== undefined)
    await db
      .deleteFrom("deliveries")
      .where("state", "!=", "pending")
      .where("created_at", "<", forgetDeliveriesBefore)
      .execute()
}
