import { broken, type Comparison, type Expression, type Literal, type OperatorName } from "./expression.ts"
import { limits } from "./limits.ts"
import { nearest } from "./nearest.ts"
import type { Report } from "./problem.ts"
import type { Token } from "./token.ts"
import { isSymbol, isWord, shown, type Tokens } from "./tokens.ts"

const signs: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">="] satisfies readonly OperatorName[])
const wordOperators: ReadonlySet<string> = new Set([
  "in",
  "like",
  "starts_with",
  "ends_with",
  "contains",
  "matches",
  "exists",
] satisfies readonly OperatorName[])
const keywords: ReadonlySet<string> = new Set([...wordOperators, "and", "or", "not", "true", "false"])

/** Words of other languages for what is written otherwise here. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["is", "="],
  ["eq", "="],
  ["equals", "="],
  ["ne", "!="],
  ["lt", "<"],
  ["le", "<="],
  ["gt", ">"],
  ["ge", ">="],
  ["startswith", "starts_with"],
  ["begins_with", "starts_with"],
  ["endswith", "ends_with"],
  ["includes", "contains"],
  ["regex", "matches"],
  ["regexp", "matches"],
  ["rlike", "matches"],
  ["ilike", "like"],
  ["glob", "like"],
  ["pmatch", "starts_with"],
])

/** Reads `field operator value`; where it can't, tells why and goes on behind it. */
export function readComparison(tokens: Tokens, report: Report): Expression {
  const reader = createReader(tokens, report)
  const read = isWord(tokens.peek(), "exists") ? reader.existsBefore() : reader.comparison()
  if (read !== undefined) return read
  tokens.skipComparison(reader.opened())
  return broken
}

function createReader(tokens: Tokens, report: Report) {
  // Parentheses that are this comparison's own.
  let open = 0

  const take = () => {
    const token = tokens.next()
    if (isSymbol(token, "(")) open++
    if (isSymbol(token, ")")) open--
  }

  const syntax = (token: Token, message: string): undefined => {
    report(token, { code: "FILTER_SYNTAX", message })
    return undefined
  }

  const comparison = (): Comparison | undefined => {
    const field = fieldName()
    if (field === undefined) return undefined
    const operator = operatorName()
    if (operator === undefined) return undefined
    const values = valuesFor(operator.name)
    const end = tokens.peek().at
    return (
      values && {
        kind: "compare",
        field,
        operator: operator.name,
        negated: operator.negated,
        values,
        at: field.at,
        end,
      }
    )
  }

  /** `exists(field)` and `exists field` are taken for `field exists`. */
  const existsBefore = (): Comparison | undefined => {
    const { at } = tokens.next()
    const opened = isSymbol(tokens.peek(), "(")
    if (opened) take()
    const field = fieldName()
    if (field === undefined) return undefined
    if (opened && !isSymbol(tokens.peek(), ")")) return syntax(tokens.peek(), 'expected ")" behind the field')
    if (opened) take()
    return { kind: "compare", field, operator: "exists", negated: false, values: [], at, end: field.end }
  }

  const fieldName = () => {
    const token = tokens.peek()
    if (token.kind !== "word" || keywords.has(token.text.toLowerCase()))
      return syntax(token, `expected a field's name, not ${shown(token)}`)
    tokens.next()
    return { name: token.text, at: token.at, end: token.end }
  }

  const operatorName = (): { readonly name: OperatorName; readonly negated: boolean } | undefined => {
    const not = isWord(tokens.peek(), "not")
    if (not) tokens.next()
    const token = tokens.peek()
    const text = token.kind === "symbol" || token.kind === "word" ? token.text.toLowerCase() : ""
    // The casts hold: both sets are of names of operators.
    if (wordOperators.has(text)) {
      tokens.next()
      return { name: text as OperatorName, negated: not }
    }
    if (not)
      return syntax(token, `behind "not" stands in, like, contains or another operator in letters, not ${shown(token)}`)
    if (text !== "!=" && !signs.has(text)) return unknownOperator(token)
    tokens.next()
    return text === "!=" ? { name: "=", negated: true } : { name: text as OperatorName, negated: false }
  }

  const unknownOperator = (token: Token): undefined => {
    if (token.kind !== "word" && token.kind !== "bare")
      return syntax(token, `expected an operator such as = or like, not ${shown(token)}`)
    const meant = foreign.get(token.text.toLowerCase()) ?? nearest(token.text, wordOperators)
    report(token, {
      code: "FILTER_UNKNOWN_OPERATOR",
      message: `${shown(token)} is no operator`,
      suggestion: meant === undefined ? undefined : `"${meant}"`,
    })
    return undefined
  }

  const valuesFor = (operator: OperatorName): readonly Literal[] | undefined => {
    if (operator === "exists") return []
    if (operator === "in") return list()
    const value = literal()
    return value && [value]
  }

  const list = (): readonly Literal[] | undefined => {
    const opening = tokens.peek()
    if (!isSymbol(opening, "(") && !isSymbol(opening, "["))
      return syntax(opening, `behind "in" stands a list: ("a", "b"), not ${shown(opening)}`)
    take()
    // Both kinds of bracket at once are a list too: `in (["a", "b"])`.
    const double = isSymbol(opening, "(") && isSymbol(tokens.peek(), "[")
    if (double) tokens.next()
    const values = items()
    const closed = values !== undefined && closes(double || isSymbol(opening, "[") ? "]" : ")")
    return closed && (!double || closes(")")) ? values : undefined
  }

  const items = (): readonly Literal[] | undefined => {
    const values: Literal[] = []
    for (;;) {
      const token = tokens.peek()
      if (values.length >= limits.listItems) {
        report(token, { code: "FILTER_TOO_LARGE", message: `a list has at most ${limits.listItems} values` })
        return undefined
      }
      const value = literal()
      if (value === undefined) return undefined
      values.push(value)
      if (!isSymbol(tokens.peek(), ",")) return values
      tokens.next()
    }
  }

  const closes = (bracket: string): boolean => {
    const token = tokens.peek()
    if (isSymbol(token, bracket)) {
      take()
      return true
    }
    syntax(token, `expected "," or "${bracket}" in the list, not ${shown(token)}`)
    return false
  }

  const literal = (): Literal | undefined => {
    const token = tokens.peek()
    const value = literalValue(token)
    if (value !== undefined) {
      tokens.next()
      return { value, at: token.at, end: token.end }
    }
    if (token.kind !== "bare" && (token.kind !== "word" || keywords.has(token.text.toLowerCase())))
      return syntax(token, `expected a value, not ${shown(token)}`)
    report(token, {
      code: "FILTER_SYNTAX",
      message: "a text stands in quotes",
      suggestion: `"${token.text.slice(0, 100)}"`,
    })
    tokens.next()
    // Read as it was meant, so that what follows is looked at too.
    return { value: token.text, at: token.at, end: token.end }
  }

  return { comparison, existsBefore, opened: () => open }
}

function literalValue(token: Token): string | number | boolean | undefined {
  if (token.kind === "string" || token.kind === "number") return token.value
  if (isWord(token, "true")) return true
  return isWord(token, "false") ? false : undefined
}
