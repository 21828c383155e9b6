import type { Comparison, Expression, Literal, OperatorName } from "./expression.ts"
import { quoted } from "./string-literal.ts"

/** The one canonical text of an expression; reading it gives the same expression. */
export function print(expression: Expression): string {
  switch (expression.kind) {
    case "and":
      return expression.parts.map((part) => (part.kind === "or" ? `(${print(part)})` : print(part))).join(" and ")
    case "or":
      return expression.parts.map(print).join(" or ")
    case "not":
      return isList(expression.part) ? `not (${print(expression.part)})` : `not ${print(expression.part)}`
    case "compare":
      return printComparison(expression)
    case "broken":
      return "…"
  }
}

const isList = ({ kind }: Expression) => kind === "and" || kind === "or"

export function printComparison({ field, operator, negated, values }: Comparison): string {
  const literals = values.map(printLiteral)
  return [field.name, sign(operator, negated), operator === "in" ? `(${literals.join(", ")})` : literals.join("")]
    .filter((part) => part !== "")
    .join(" ")
}

function sign(operator: OperatorName, negated: boolean): string {
  if (!negated) return operator
  return operator === "=" ? "!=" : `not ${operator}`
}

function printLiteral({ value }: Literal): string {
  return typeof value === "string" ? quoted(value) : String(value)
}
