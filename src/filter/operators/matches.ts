import { literalOf } from "../literal.ts"
import { compilePattern } from "../pattern.ts"
import type { Operator } from "./operator.ts"

/** A regular expression finds something in the text. */
export const matches: Operator = {
  name: "matches",
  types: ["string"],
  verb: () => ["matches", "does not match"],
  prepare: ([literal], { type }, report) => {
    const source = literal && literalOf(literal, type, report)
    if (typeof source !== "string" || literal === undefined) return undefined
    const pattern = compilePattern(source)
    if (typeof pattern !== "string") return (value) => typeof value === "string" && pattern.test(value)
    report(literal, { code: "FILTER_VALUE", message: pattern })
    return undefined
  },
}
