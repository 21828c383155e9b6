import type { Report } from "./problem.ts"
import { readString, stringStart } from "./string-literal.ts"
import type { Token } from "./token.ts"

const space = /[\s\u00a0\ufeff]+/y
const run = /[\p{L}\p{N}_.:/*%@$-]+/uy
const signs = /[=!<>~&|≠≤≥]+/y
const bracket = /[()[\],]/y

const fieldName = /^[A-Za-z_]\w*(\.\w+)*$/
const number = /^-?(0|[1-9]\d{0,15})(\.\d{1,15})?$/

const symbols: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="])

/** How other languages write what is written otherwise here. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["==", "="],
  ["===", "="],
  ["<>", "!="],
  ["!==", "!="],
  ["≠", "!="],
  ["≤", "<="],
  ["=<", "<="],
  ["≥", ">="],
  ["=>", ">="],
  ["~", "matches"],
  ["=~", "matches"],
  ["&&", "and"],
  ["&", "and"],
  ["||", "or"],
  ["|", "or"],
  ["!", "not"],
])

/** Cuts a text into tokens, the last of them `end`. What is misspelt is told, and read as what was meant. */
export function tokenize(text: string, report: Report): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const blank = sticky(space, text, at)
    if (blank !== "") {
      at += blank.length
      continue
    }
    const token = stringStart(text, at) ? readString(text, at, report) : readPlain(text, at, report)
    if (token !== undefined) tokens.push(token)
    at = token?.end ?? at + String.fromCodePoint(text.codePointAt(at) ?? 0).length
  }
  tokens.push({ kind: "end", at: text.length, end: text.length })
  return tokens
}

function readPlain(text: string, at: number, report: Report): Token | undefined {
  const mark = sticky(bracket, text, at)
  if (mark !== "") return { kind: "symbol", text: mark, at, end: at + 1 }
  const sign = sticky(signs, text, at)
  if (sign !== "") return operatorSign(sign, at, report)
  const word = sticky(run, text, at)
  if (word === "") {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    report({ at, end: at + character.length }, { code: "FILTER_SYNTAX", message: `"${character}" has no meaning here` })
    return undefined
  }
  const span = { at, end: at + word.length }
  if (fieldName.test(word)) return { kind: "word", text: word, ...span }
  if (number.test(word)) return { kind: "number", value: Number(word), text: word, ...span }
  return { kind: "bare", text: word, ...span }
}

function operatorSign(sign: string, at: number, report: Report): Token {
  const span = { at, end: at + sign.length }
  if (symbols.has(sign)) return { kind: "symbol", text: sign, ...span }
  const meant = foreign.get(sign)
  report(span, {
    code: "FILTER_UNKNOWN_OPERATOR",
    message: `"${sign}" is no operator`,
    suggestion: meant === undefined ? undefined : `"${meant}"`,
  })
  if (meant === undefined) return { kind: "symbol", text: sign, ...span }
  return { kind: /^[a-z]/.test(meant) ? "word" : "symbol", text: meant, ...span }
}

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ""
}
