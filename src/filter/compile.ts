import type { FieldInfo, FieldValue } from "../core/index.ts"
import type { Comparison, Expression } from "./expression.ts"
import { nearest } from "./nearest.ts"
import { operators, type ScalarTest } from "./operators/index.ts"
import type { Report } from "./problem.ts"
import type { Schema } from "./schema.ts"

export type RecordTest<R> = (record: R) => boolean

/** Checks an expression against a schema, tells everything that is wrong, and makes a closure of it. */
export function compile<R>(expression: Expression, schema: Schema<R>, report: Report): RecordTest<R> {
  switch (expression.kind) {
    case "and": {
      const parts = expression.parts.map((part) => compile(part, schema, report))
      return (record) => {
        for (const part of parts) if (!part(record)) return false
        return true
      }
    }
    case "or": {
      const parts = expression.parts.map((part) => compile(part, schema, report))
      return (record) => {
        for (const part of parts) if (part(record)) return true
        return false
      }
    }
    case "not": {
      const part = compile(expression.part, schema, report)
      return (record) => !part(record)
    }
    case "compare":
      return compileComparison(expression, schema, report)
    case "broken":
      return () => false
  }
}

function compileComparison<R>(comparison: Comparison, schema: Schema<R>, report: Report): RecordTest<R> {
  const { operator: name, negated } = comparison
  const field = comparison.field.name
  const info = schema.fields.get(field)
  if (info === undefined) {
    report(comparison.field, {
      code: "FILTER_UNKNOWN_FIELD",
      message: `there is no field "${field.slice(0, 100)}"`,
      suggestion: nearestField(field, schema.fields.keys()),
    })
    return () => false
  }
  const operator = operators[name]
  if (!operator.types.includes(info.type)) {
    report(comparison.field, {
      code: "FILTER_TYPE",
      message: `"${name}" does not go with ${field}, which is ${article[info.type]}`,
      suggestion: insteadOf(comparison, info),
    })
    return () => false
  }
  const test = operator.prepare(comparison.values, info, report) ?? (() => false)
  const read = schema.reader(field)
  if (name === "exists") return (record) => isThere(read(record)) !== negated
  return (record) => holds(read(record), test, negated)
}

/** Of a list: one of its values is so; negated: none is. What is not there is neither. */
function holds(value: FieldValue | undefined, test: ScalarTest, negated: boolean): boolean {
  if (value === undefined) return false
  if (typeof value !== "object") return test(value) !== negated
  return value.length > 0 && value.some(test) !== negated
}

function isThere(value: FieldValue | undefined): boolean {
  return value !== undefined && (typeof value !== "object" || value.length > 0)
}

const article: Readonly<Record<FieldInfo["type"], string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  address: "an address",
  time: "a time",
}

/** By edits; or the only field that ends so, for who left out what stands before (`dst_addr`). */
function nearestField(name: string, fields: Iterable<string>): string | undefined {
  const all = [...fields]
  const ending = all.filter((field) => field.endsWith(`.${name}`))
  return ending.length === 1 ? ending[0] : nearest(name, all)
}

function insteadOf({ operator, field }: Comparison, { type }: FieldInfo): string | undefined {
  if (type === "address" && operator !== "exists") return `${field.name} = "10.0.0.0/8"`
  if (type === "boolean" && operator === "in") return `${field.name} = true`
  if (type === "number") return `${field.name} =`
  return type === "string" ? `${field.name} like` : undefined
}
