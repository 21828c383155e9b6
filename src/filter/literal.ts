import type { FieldType, Scalar } from "../core/index.ts"
import { parseCidr } from "../core/index.ts"
import type { Literal } from "./expression.ts"
import type { Report } from "./problem.ts"

const wanted: Readonly<Record<FieldType, string>> = {
  string: 'a text in quotes, such as "audit"',
  number: "a number, such as 443",
  boolean: "true or false",
  address: 'an address or a range in quotes, such as "10.0.0.0/8"',
  time: 'a time in quotes, such as "2025-06-30T12:00:00Z"',
}

/** The value of a literal for a field of this type, ready to be compared; tells when it is none. */
export function literalOf(literal: Literal, type: FieldType, report: Report): Scalar | undefined {
  const value = converted(literal.value, type)
  if (value !== undefined) return value
  report(literal, {
    code: "FILTER_TYPE",
    message: `expected ${wanted[type]}, not ${JSON.stringify(literal.value).slice(0, 100)}`,
    suggestion: suggestionFor(literal.value, type),
  })
  return undefined
}

function converted(value: Scalar, type: FieldType): Scalar | undefined {
  switch (type) {
    case "string":
    case "number":
    case "boolean":
      return typeof value === type ? value : undefined
    case "address":
      return typeof value === "string" ? parseCidr(value) : undefined
    case "time":
      return typeof value === "string" ? timeOf(value) : undefined
  }
}

// RFC 3339, or a date alone, which is its midnight in UTC. A time without a zone would mean another moment on each machine.
const timeForm = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d))?$/

function timeOf(text: string): number | undefined {
  const at = timeForm.test(text) ? Date.parse(text.toUpperCase().replace(" ", "T")) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

function suggestionFor(value: Scalar, type: FieldType): string | undefined {
  if (type === "string" && typeof value !== "string") return `"${value}"`
  if (type === "number" && typeof value === "string" && /^-?\d{1,15}$/.test(value)) return value
  if (type === "boolean" && typeof value === "string" && /^(true|false)$/i.test(value)) return value.toLowerCase()
  if (type === "time" && typeof value === "string" && timeOf(`${value}Z`) !== undefined) return `"${value}Z"`
  return undefined
}
