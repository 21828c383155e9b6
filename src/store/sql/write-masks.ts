import type { Transaction } from "kysely"
import type { Alert } from "../../core/index.ts"
import type { Changes } from "../store.ts"
import type { Database } from "./schema.ts"
import { countHits, uncountHits } from "./write-rules.ts"

/** Masks and unmasks stored alerts; one that is so already, or is gone, is left alone. */
export async function writeMasks(db: Transaction<Database>, { masks = [] }: Changes): Promise<void> {
  for (const { id, masked } of masks) {
    const row = await db.selectFrom("alerts").select("document").where("id", "=", id).executeTakeFirst()
    // What is read was written by `write`, so the cast holds.
    const before = row && (JSON.parse(row.document) as Alert)
    if (before === undefined || before.masked === masked) continue
    const after = { ...before, masked }
    await db
      .updateTable("alerts")
      .set({ document: JSON.stringify(after) })
      .where("id", "=", id)
      .execute()
    await (masked ? uncountHits(db, before) : countHits(db, [after]))
  }
}
