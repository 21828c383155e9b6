import type { Transaction } from "../run/transaction.ts"
import { createValue, noValues, type Value } from "../run/value.ts"
import type { VariableDefinition } from "./variable.ts"
import { single } from "./variable.ts"

export const persistentCollections = ["GLOBAL", "IP", "RESOURCE", "SESSION", "USER"] as const

function remembered(name: string): VariableDefinition {
  const read = ({ records, now }: Transaction): readonly Value[] => {
    const record = records.get(name.toLowerCase())
    if (record === undefined) return noValues
    return [
      ...[...record.values].map(([key, text]) => createValue(key, text)),
      createValue("create_time", String(Math.floor(record.createdAt / 1000))),
      createValue("key", record.key),
      createValue("last_update_time", String(Math.floor(record.usedAt / 1000))),
      createValue("is_new", record.createdAt === now ? "1" : "0"),
    ]
  }
  return { name, shape: "collection", fresh: "always", read }
}

/** What rules remember of clients, sessions and users; empty until `initcol` or the like opened it. */
export const persistent = [
  ...persistentCollections.map(remembered),
  single("SESSIONID", ({ records }) => records.get("session")?.key, "always"),
  single("USERID", ({ records }) => records.get("user")?.key, "always"),
  single("REMOTE_USER", ({ request }) => request.user(), undefined),
]
