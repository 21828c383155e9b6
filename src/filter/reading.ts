import type { Report } from "./problem.ts"
import type { Token } from "./token.ts"
import { isSymbol, type Tokens } from "./tokens.ts"

/** A comparison that is being read. */
export interface Reading {
  readonly tokens: Tokens
  readonly report: Report
  /** Parentheses that are its own and open still. */
  open: number
}

/** Goes on behind a token, and keeps count of parentheses. */
export function take(reading: Reading): Token {
  const token = reading.tokens.next()
  if (isSymbol(token, "(")) reading.open++
  if (isSymbol(token, ")")) reading.open--
  return token
}

/** Tells of a mistake at a token; gives undefined, as whoever met it does. */
export function mistake({ report }: Reading, token: Token, message: string): undefined {
  report(token, { code: "FILTER_SYNTAX", message })
  return undefined
}
