import type { FieldType } from "../../core/index.ts"
import type { OperatorName } from "../expression.ts"
import { literalOf } from "../literal.ts"
import type { Operator } from "./operator.ts"

type Verbs = Readonly<Record<"number" | "time", string>>

const order = (name: OperatorName, verbs: Verbs, holds: (value: number, limit: number) => boolean): Operator => ({
  name,
  types: ["number", "time"],
  verb: (type: FieldType) => {
    const verb = type === "time" ? verbs.time : verbs.number
    return [`is ${verb}`, `is not ${verb}`]
  },
  prepare: ([literal], { type }, report) => {
    const limit = literal && literalOf(literal, type, report)
    return typeof limit === "number" ? (value) => typeof value === "number" && holds(value, limit) : undefined
  },
})

export const less = order("<", { number: "less than", time: "before" }, (value, limit) => value < limit)
export const atMost = order("<=", { number: "at most", time: "at or before" }, (value, limit) => value <= limit)
export const more = order(">", { number: "more than", time: "after" }, (value, limit) => value > limit)
export const atLeast = order(">=", { number: "at least", time: "at or after" }, (value, limit) => value >= limit)
