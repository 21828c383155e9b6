import type { FieldInfo, Scalar } from "../core/index.ts"
import type { Comparison, Expression } from "./expression.ts"
import { operators } from "./operators/index.ts"
import { quoted } from "./string-literal.ts"

type Fields = ReadonlyMap<string, FieldInfo>

/** An expression as English, without a full stop: "the system call is "connect" and the destination address is outside 127.0.0.0/8". */
export function sentence(expression: Expression, fields: Fields): string {
  switch (expression.kind) {
    case "and":
      return conjunction(expression.parts, fields)
    case "or":
      return alternatives(expression.parts, fields)
    case "not":
      return `it is not so that ${nested(expression.part, fields)}`
    case "compare":
      return said(
        expression,
        expression.values.map(({ value }) => value),
        fields,
      )
    case "broken":
      return "…"
  }
}

/** Comparisons of one field that say the same of several values are said once. */
function conjunction(parts: readonly Expression[], fields: Fields): string {
  return grouped(parts, isNoneOf)
    .map((group) => (group.length > 1 ? saidOnce(group, fields) : nested(group[0], fields)))
    .join(" and ")
}

function alternatives(parts: readonly Expression[], fields: Fields): string {
  const groups = grouped(parts, isOneOf)
  const texts = groups.map((group) => {
    const [first] = group
    if (group.length > 1) return saidOnce(group, fields)
    return first?.kind === "and" ? `(${sentence(first, fields)})` : nested(first, fields)
  })
  return groups.length > 1 ? `either ${texts.join(" or ")}` : texts.join("")
}

function nested(expression: Expression | undefined, fields: Fields): string {
  if (expression === undefined) return ""
  const text = sentence(expression, fields)
  return expression.kind === "and" || expression.kind === "or" ? `(${text})` : text
}

const isNoneOf = ({ operator, negated }: Comparison) => negated && (operator === "=" || operator === "in")
const isOneOf = ({ operator, negated }: Comparison) => !negated && operator !== "exists"

/** Neighbours that are comparisons of the same field with the same operator, together. */
function grouped(
  parts: readonly Expression[],
  mayJoin: (comparison: Comparison) => boolean,
): readonly (readonly Expression[])[] {
  const groups: Expression[][] = []
  for (const part of parts) {
    const last = groups.at(-1)
    const before = last?.[0]
    const joins =
      before?.kind === "compare" &&
      part.kind === "compare" &&
      mayJoin(part) &&
      mayJoin(before) &&
      part.field.name === before.field.name &&
      part.operator === before.operator
    if (joins) last?.push(part)
    else groups.push([part])
  }
  return groups
}

function saidOnce(group: readonly Expression[], fields: Fields): string {
  const comparisons = group.filter((part) => part.kind === "compare")
  const values = comparisons.flatMap((part) => part.values.map(({ value }) => value))
  const [first] = comparisons
  return first === undefined ? "" : said(first, values, fields)
}

function said({ field, operator, negated }: Comparison, values: readonly Scalar[], fields: Fields): string {
  const info = fields.get(field.name)
  const label = info === undefined ? field.name : info.label
  if (operator === "exists" && info?.list === true) return `there are ${negated ? "no " : ""}${label}`
  const [plain, opposite] = operators[operator].verb(info?.type ?? "string")
  // Of several values one has to be so; none, for what is negated.
  const subject = info?.list === true ? `${negated ? "none" : "one"} of the ${label}` : `the ${label}`
  const verb = negated && info?.list !== true ? opposite : plain
  if (values.length === 0) return `${subject} ${verb}`
  const told = values.map((value) =>
    typeof value === "string" && info?.type !== "address" ? quoted(value) : String(value),
  )
  const last = told.at(-1) ?? ""
  return `${subject} ${verb} ${told.length < 2 ? last : `${told.slice(0, -1).join(", ")} or ${last}`}`
}
