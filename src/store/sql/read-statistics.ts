import type { Kysely } from "kysely"
import type { RuleStatistics } from "../store.ts"
import type { Database } from "./schema.ts"

/** Hits and marks of every rule that has any. PostgreSQL gives sums as text. */
export async function readStatistics(db: Kysely<Database>): Promise<readonly RuleStatistics[]> {
  const [hits, marks] = await Promise.all([
    db
      .selectFrom("rule_hits")
      .select(({ fn }) => ["rule", fn.sum<number | string>("hits").as("hits"), fn.max("last_at").as("last_at")])
      .groupBy("rule")
      .execute(),
    db
      .selectFrom("rule_verdicts")
      .select(({ fn }) => ["rule", "verdict", fn.countAll<number | string>().as("marks")])
      .groupBy(["rule", "verdict"])
      .execute(),
  ])
  const found = new Map<string, RuleStatistics>()
  const known = (rule: string) => found.get(rule) ?? { rule, hits: 0, lastAt: null, markedTrue: 0, markedFalse: 0 }
  for (const { rule, hits: sum, last_at } of hits)
    found.set(rule, { ...known(rule), hits: Number(sum), lastAt: Number(last_at) })
  for (const { rule, verdict, marks: count } of marks)
    found.set(rule, {
      ...known(rule),
      ...(verdict === "false-positive" ? { markedFalse: Number(count) } : { markedTrue: Number(count) }),
    })
  return [...found.values()]
}
