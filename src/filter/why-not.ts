import type { FieldValue } from "../core/index.ts"
import { compile } from "./compile.ts"
import type { Comparison, Expression } from "./expression.ts"
import { print, printComparison } from "./print.ts"
import type { Schema } from "./schema.ts"

// What a person reads of a long value, and of many reasons.
const longestValue = 200
export const mostReasons = 50

/** What would have to be otherwise for a record to match; empty when it does. For a person: compiles what it looks at anew. */
export function whyNot<R>(expression: Expression, schema: Schema<R>, record: R): readonly string[] {
  if (compile(expression, schema, () => undefined)(record)) return []
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.parts.flatMap((part) => whyNot(part, schema, record)).slice(0, mostReasons)
    case "not":
      return [`not ${print(expression.part)}: it is so`]
    case "compare":
      return [`${printComparison(expression)}: ${found(expression, schema, record)}`]
    case "broken":
      return []
  }
}

/** What a record has there. */
export function found<R>({ field }: Comparison, schema: Schema<R>, record: R): string {
  const value = schema.reader(field.name)(record)
  if (value === undefined || (typeof value === "object" && value.length === 0)) return `there is no ${field.name}`
  return `it is ${shown(value, schema.fields.get(field.name)?.type === "time")}`
}

function shown(value: FieldValue, isTime: boolean): string {
  if (isTime && typeof value === "number") return new Date(value).toISOString()
  return JSON.stringify(value).slice(0, longestValue)
}
