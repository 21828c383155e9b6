import type { Latin1 } from "../../../../core/index.ts"

/** The kinds of tokens, by the letters that fingerprints have. */
export const kind = {
  keyword: "k",
  union: "U",
  group: "B",
  expression: "E",
  type: "t",
  function: "f",
  word: "n",
  number: "1",
  variable: "v",
  string: "s",
  operator: "o",
  logic: "&",
  comment: "c",
  collate: "A",
  open: "(",
  close: ")",
  openBrace: "{",
  closeBrace: "}",
  dot: ".",
  comma: ",",
  colon: ":",
  semicolon: ";",
  transact: "T",
  unknown: "?",
  evil: "X",
  backslash: "\\",
} as const

// As many bytes of a token count as libinjection keeps; what is longer is no word of SQL.
export const maxTokenLength = 31

export interface Token {
  kind: string
  value: Latin1
  /** The quote that a string began with (`u`, `q` and `$` for those of dialects); empty when it was only pretended. */
  open: string
  /** Empty when the string has no end. */
  close: string
  /** The number of `@` before a variable. */
  count: number
}

export function token(
  of: string,
  value: Latin1,
  quotes: { readonly open?: string; readonly close?: string } = {},
): Token {
  const kept = value.length > maxTokenLength ? value.slice(0, maxTokenLength) : value
  return { kind: of, value: kept, open: quotes.open ?? "", close: quotes.close ?? "", count: 0 }
}

export const isArithmetic = ({ kind: of, value }: Token) =>
  of === kind.operator && value.length === 1 && "*/-+%".includes(value)

export const isUnary = ({ kind: of, value }: Token) =>
  of === kind.operator &&
  (value.length === 1
    ? "+-!~".includes(value)
    : value === "!!" || (value.length === 3 && value.toUpperCase() === "NOT"))

/** Whether a token is one of these words; libinjection compares as many letters as the token has, so an empty one is none. */
export const isWord = ({ value }: Token, ...wanted: readonly string[]) => wanted.includes(value.toUpperCase())
