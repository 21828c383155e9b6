import { type FieldInfo, type FieldType, fieldTypes, type Scalar } from "../../core/index.ts"
import { addressTest } from "../address-test.ts"
import type { Literal } from "../expression.ts"
import { literalOf } from "../literal.ts"
import { nearest } from "../nearest.ts"
import type { Report } from "../problem.ts"
import type { Operator, ScalarTest } from "./operator.ts"

/** Equal, with case; of addresses: the value, an address or a range, lies inside. */
export const equal: Operator = {
  name: "=",
  types: fieldTypes,
  verb: verbOf,
  prepare: prepareEqual,
}

/** Equal to one of several. */
export const within: Operator = {
  name: "in",
  types: ["string", "number", "address", "time"],
  verb: verbOf,
  prepare: prepareEqual,
}

function verbOf(type: FieldType): readonly [string, string] {
  return type === "address" ? ["is in", "is outside"] : ["is", "is not"]
}

function prepareEqual(values: readonly Literal[], field: FieldInfo, report: Report): ScalarTest | undefined {
  const wanted = values.flatMap((literal) => literalOf(literal, field.type, report) ?? [])
  for (const literal of values) checkVocabulary(literal, field, report)
  if (wanted.length !== values.length) return undefined
  if (field.type === "address") return addressTest(wanted.map(String))
  const [only] = wanted
  if (wanted.length === 1) return (value) => value === only
  const set = new Set<Scalar>(wanted)
  return (value) => set.has(value)
}

function checkVocabulary(literal: Literal, { values, label }: FieldInfo, report: Report): void {
  if (values === undefined || typeof literal.value !== "string" || values.includes(literal.value)) return
  const meant = nearest(literal.value, values)
  report(literal, {
    code: "FILTER_VALUE",
    message: `the ${label} is never "${literal.value.slice(0, 100)}"; it is one of: ${values.join(", ")}`,
    suggestion: meant === undefined ? undefined : `"${meant}"`,
  })
}
