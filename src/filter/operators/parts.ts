import type { OperatorName } from "../expression.ts"
import { literalOf } from "../literal.ts"
import type { Operator } from "./operator.ts"

interface Part {
  readonly name: OperatorName
  readonly verb: readonly [plain: string, negated: string]
  holds(value: string, part: string): boolean
}

/** With case; an empty text, which is part of every text, is a mistake. */
const partOf = ({ name, verb, holds }: Part): Operator => ({
  name,
  types: ["string"],
  verb: () => verb,
  prepare: ([literal], { type }, report) => {
    const part = literal && literalOf(literal, type, report)
    if (typeof part !== "string") return undefined
    if (part === "" && literal !== undefined)
      report(literal, { code: "FILTER_VALUE", message: `every text ${verb[0]} the empty one`, suggestion: "exists" })
    return (value) => typeof value === "string" && holds(value, part)
  },
})

export const startsWith = partOf({
  name: "starts_with",
  verb: ["starts with", "does not start with"],
  holds: (value, part) => value.startsWith(part),
})
export const endsWith = partOf({
  name: "ends_with",
  verb: ["ends with", "does not end with"],
  holds: (value, part) => value.endsWith(part),
})
export const contains = partOf({
  name: "contains",
  verb: ["contains", "does not contain"],
  holds: (value, part) => value.includes(part),
})
