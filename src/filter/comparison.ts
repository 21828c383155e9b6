import { broken, type Comparison, type Expression, type OperatorName } from "./expression.ts"
import { isKeyword, readOperator } from "./operator-name.ts"
import type { Report } from "./problem.ts"
import { mistake, type Reading, take } from "./reading.ts"
import { isSymbol, isWord, shown, type Tokens } from "./tokens.ts"
import { readList, readLiteral } from "./values.ts"

/** Reads `field operator value`; where it can't, tells why and goes on behind it. */
export function readComparison(tokens: Tokens, report: Report): Expression {
  const reading: Reading = { tokens, report, open: 0 }
  const read = isWord(tokens.peek(), "exists") ? existsBefore(reading) : comparison(reading)
  if (read !== undefined) return read
  tokens.skipComparison(reading.open)
  return broken
}

function comparison(reading: Reading): Comparison | undefined {
  const field = fieldName(reading)
  const operator = field && readOperator(reading)
  const values = operator && valuesFor(reading, operator.name)
  if (field === undefined || operator === undefined || values === undefined) return undefined
  const { name, negated } = operator
  return { kind: "compare", field, operator: name, negated, values, at: field.at, end: reading.tokens.peek().at }
}

/** `exists(field)` and `exists field` are taken for `field exists`. */
function existsBefore(reading: Reading): Comparison | undefined {
  const { tokens } = reading
  const { at } = tokens.next()
  const opened = isSymbol(tokens.peek(), "(")
  if (opened) take(reading)
  const field = fieldName(reading)
  if (field === undefined) return undefined
  if (opened && !isSymbol(tokens.peek(), ")")) return mistake(reading, tokens.peek(), 'expected ")" behind the field')
  if (opened) take(reading)
  return { kind: "compare", field, operator: "exists", negated: false, values: [], at, end: field.end }
}

function fieldName(reading: Reading): Comparison["field"] | undefined {
  const token = reading.tokens.peek()
  if (token.kind !== "word" || isKeyword(token))
    return mistake(reading, token, `expected a field's name, not ${shown(token)}`)
  take(reading)
  return { name: token.text, at: token.at, end: token.end }
}

function valuesFor(reading: Reading, operator: OperatorName) {
  if (operator === "exists") return []
  if (operator === "in") return readList(reading)
  const value = readLiteral(reading)
  return value && [value]
}
