import { sql, type Transaction } from "kysely"
import type { Alert } from "../../core/index.ts"
import { type Changes, ruleSwitchKey } from "../store.ts"
import type { Database } from "./schema.ts"

const dayMs = 86_400_000
// A season of counts: with a thousand rules that match daily it is 90,000 small rows.
const keptDays = 90
// No rule set lets more rules match one request; what claims more is cut.
const maxRulesOfAlert = 1000
// Four parameters a row, and SQLite takes 32,766 in a statement.
const rowsPerStatement = 500

/** Counts the rules of alerts that are new, by day; masked ones count nowhere. */
export async function countHits(db: Transaction<Database>, alerts: readonly Alert[]): Promise<void> {
  const rows = new Map<string, { rule: string; day: number; hits: number; last_at: number }>()
  for (const { at, contributions, masked } of alerts) {
    if (masked) continue
    const day = Math.floor(at / dayMs)
    for (const rule of new Set(contributions.slice(0, maxRulesOfAlert).map((one) => one.rule))) {
      const known = rows.get(`${day} ${rule}`)
      if (known === undefined) rows.set(`${day} ${rule}`, { rule, day, hits: 1, last_at: at })
      else {
        known.hits++
        known.last_at = Math.max(known.last_at, at)
      }
    }
  }
  // In one order, so that two servers that count at once wait for each other instead of for ever.
  const sorted = [...rows.values()].sort((one, other) => one.day - other.day || (one.rule < other.rule ? -1 : 1))
  for (let start = 0; start < sorted.length; start += rowsPerStatement)
    await db
      .insertInto("rule_hits")
      .values(sorted.slice(start, start + rowsPerStatement))
      .onConflict((conflict) =>
        conflict.columns(["rule", "day"]).doUpdateSet({
          hits: sql<number>`rule_hits.hits + excluded.hits`,
          last_at: sql<number>`case when excluded.last_at > rule_hits.last_at then excluded.last_at else rule_hits.last_at end`,
        }),
      )
      .execute()
  const newest = sorted.at(-1)?.day
  if (newest !== undefined)
    await db
      .deleteFrom("rule_hits")
      .where("day", "<", newest - keptDays)
      .execute()
}

/** Takes back what an alert counted, where it is still counted. */
export async function uncountHits(db: Transaction<Database>, { at, contributions }: Alert): Promise<void> {
  const rules = [...new Set(contributions.slice(0, maxRulesOfAlert).map((one) => one.rule))].sort()
  for (let start = 0; start < rules.length; start += rowsPerStatement)
    await db
      .updateTable("rule_hits")
      .set({ hits: sql<number>`hits - 1` })
      .where("day", "=", Math.floor(at / dayMs))
      .where("rule", "in", rules.slice(start, start + rowsPerStatement))
      .where("hits", ">", 0)
      .execute()
}

export async function writeRules(
  db: Transaction<Database>,
  { ruleSwitches = [], removedRuleSwitches = [], ruleExceptions = [], verdicts = [], removedVerdicts = [] }: Changes,
): Promise<void> {
  for (const [table, rows] of [
    ["rule_switches", ruleSwitches.map((one) => ({ id: ruleSwitchKey(one), document: JSON.stringify(one) }))],
    ["rule_exceptions", ruleExceptions.map((one) => ({ id: one.id, document: JSON.stringify(one) }))],
  ] as const)
    for (const { id, document } of rows)
      await db
        .insertInto(table)
        .values({ id, document })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ document }))
        .execute()
  for (const one of removedRuleSwitches)
    await db.deleteFrom("rule_switches").where("id", "=", ruleSwitchKey(one)).execute()
  for (const alert of [...removedVerdicts, ...verdicts.map((one) => one.alert)]) {
    await db.deleteFrom("alert_verdicts").where("alert", "=", alert).execute()
    await db.deleteFrom("rule_verdicts").where("alert", "=", alert).execute()
  }
  for (const { rules, ...verdict } of verdicts) {
    await db
      .insertInto("alert_verdicts")
      .values({ alert: verdict.alert, document: JSON.stringify(verdict) })
      .execute()
    const rows = [...new Set(rules.slice(0, maxRulesOfAlert))].map((rule) => ({
      alert: verdict.alert,
      rule,
      verdict: verdict.verdict,
    }))
    for (let start = 0; start < rows.length; start += rowsPerStatement)
      await db
        .insertInto("rule_verdicts")
        .values(rows.slice(start, start + rowsPerStatement))
        .execute()
  }
}
