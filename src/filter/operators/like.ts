import { limits } from "../limits.ts"
import { literalOf } from "../literal.ts"
import { likeTest } from "../wildcards.ts"
import type { Operator } from "./operator.ts"

/** The whole text, where `%` and `*` stand for any characters and `_` for one; with case. A backslash makes them plain. */
export const like: Operator = {
  name: "like",
  types: ["string"],
  verb: () => ["is like", "is not like"],
  prepare: ([literal], { type }, report) => {
    const pattern = literal && literalOf(literal, type, report)
    if (typeof pattern !== "string" || literal === undefined) return undefined
    if (pattern.length > limits.patternLength)
      report(literal, { code: "FILTER_TOO_LARGE", message: `a pattern has at most ${limits.patternLength} characters` })
    const test = likeTest(pattern)
    return (value) => typeof value === "string" && test(value)
  },
}
