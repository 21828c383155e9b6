import type { Migration } from "kysely"
import { first } from "./0001-first.ts"
import { rules } from "./0002-rules.ts"
import { vulnerabilities } from "./0003-vulnerabilities.ts"
import { recommendations } from "./0004-recommendations.ts"

/** In order; a database says in its own table which of them it has seen. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-first": first,
  "0002-rules": rules,
  "0003-vulnerabilities": vulnerabilities,
  "0004-recommendations": recommendations,
}
