import type { Literal } from "./expression.ts"
import { limits } from "./limits.ts"
import { isKeyword } from "./operator-name.ts"
import { mistake, type Reading, take } from "./reading.ts"
import type { Token } from "./token.ts"
import { isSymbol, isWord, shown } from "./tokens.ts"

/** Reads `("a", "b")` or `["a", "b"]`; both kinds of bracket at once are a list too: `(["a", "b"])`. */
export function readList(reading: Reading): readonly Literal[] | undefined {
  const { tokens } = reading
  const opening = tokens.peek()
  if (!isSymbol(opening, "(") && !isSymbol(opening, "["))
    return mistake(reading, opening, `behind "in" stands a list: ("a", "b"), not ${shown(opening)}`)
  take(reading)
  const double = isSymbol(opening, "(") && isSymbol(tokens.peek(), "[")
  if (double) take(reading)
  const values = readItems(reading)
  const closed = values !== undefined && closes(reading, double || isSymbol(opening, "[") ? "]" : ")")
  return closed && (!double || closes(reading, ")")) ? values : undefined
}

/** Reads a text, a number, or true or false. */
export function readLiteral(reading: Reading): Literal | undefined {
  const token = reading.tokens.peek()
  const { at, end } = token
  const value = scalarOf(token)
  if (value !== undefined) {
    take(reading)
    return { value, at, end }
  }
  if (token.kind !== "bare" && (token.kind !== "word" || isKeyword(token)))
    return mistake(reading, token, `expected a value, not ${shown(token)}`)
  const isNothing = /^(?:null|none|nil|undefined)$/i.test(token.text)
  reading.report(token, {
    code: "FILTER_SYNTAX",
    message: isNothing ? `"${token.text}" is no value` : "a text stands in quotes",
    suggestion: isNothing ? '"exists" or "not exists"' : `"${token.text.slice(0, 100)}"`,
  })
  take(reading)
  // Read as it was meant, so that what follows is looked at too.
  return { value: token.text, at, end }
}

function readItems(reading: Reading): readonly Literal[] | undefined {
  const values: Literal[] = []
  for (;;) {
    const token = reading.tokens.peek()
    if (values.length >= limits.listItems) {
      reading.report(token, { code: "FILTER_TOO_LARGE", message: `a list has at most ${limits.listItems} values` })
      return undefined
    }
    const value = readLiteral(reading)
    if (value === undefined) return undefined
    values.push(value)
    if (!isSymbol(reading.tokens.peek(), ",")) return values
    take(reading)
  }
}

function closes(reading: Reading, bracket: string): boolean {
  const token = reading.tokens.peek()
  if (isSymbol(token, bracket)) take(reading)
  else mistake(reading, token, `expected "," or "${bracket}" in the list, not ${shown(token)}`)
  return isSymbol(token, bracket)
}

function scalarOf(token: Token): string | number | boolean | undefined {
  if (token.kind === "string" || token.kind === "number") return token.value
  if (isWord(token, "true")) return true
  return isWord(token, "false") ? false : undefined
}
