import type { Latin1 } from "../../../../core/index.ts"
import { kind, type Token, token } from "./token.ts"

export interface Read {
  /** Undefined when what was read is no token. */
  readonly token: Token | undefined
  /** Where the next one begins. */
  readonly end: number
}

/** A string from `start` (behind its quote) to the next quote that is neither escaped by a backslash nor doubled. */
export function readString(text: Latin1, start: number, quote: string, open: string = quote): Read {
  let at = text.indexOf(quote, start)
  while (at >= 0) {
    if (isEscaped(text, start, at)) at = text.indexOf(quote, at + 1)
    else if (text[at + 1] === quote) at = text.indexOf(quote, at + 2)
    else return { token: token(kind.string, text.slice(start, at), { open, close: quote }), end: at + 1 }
  }
  return { token: token(kind.string, text.slice(start), { open }), end: text.length }
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: Latin1, start: number, at: number): boolean {
  let first = at
  while (first > start && text[first - 1] === "\\") first--
  return (at - first) % 2 === 1
}

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" }

/** Oracle's `q'[…]'`, whose `q` is at `at`; undefined when it is no such string. */
export function readQuotedString(text: Latin1, at: number): Read | undefined {
  if (!/[qQ]/.test(text[at] ?? "") || text[at + 1] !== "'" || at + 2 >= text.length) return undefined
  const first = text[at + 2] ?? ""
  // Bytes above ASCII are negative numbers where libinjection compares them.
  if (first.charCodeAt(0) < 33 || first.charCodeAt(0) > 127) return undefined
  const end = text.indexOf(`${closing[first] ?? first}'`, at + 3)
  return end < 0
    ? { token: token(kind.string, text.slice(at + 3), { open: "q" }), end: text.length }
    : { token: token(kind.string, text.slice(at + 3, end), { open: "q", close: "q" }), end: end + 2 }
}

/** PostgreSQL's `$$…$$` and `$tag$…$tag$`; else the dollar is a word by itself. */
export function readDollarString(text: Latin1, at: number): Read {
  const tag =
    text[at + 1] === "$" ? "" : (/[A-Za-z]+(?=\$)/y.exec(text.slice(at + 1, at + 1 + maxTag))?.[0] ?? undefined)
  if (tag === undefined) return { token: token(kind.word, "$"), end: at + 1 }
  const mark = `$${tag}$`
  const start = at + mark.length
  const end = text.indexOf(mark, start)
  return end < 0
    ? { token: token(kind.string, text.slice(start), { open: "$" }), end: text.length }
    : { token: token(kind.string, text.slice(start, end), { open: "$", close: "$" }), end: end + mark.length }
}

// A tag is a name; without an end the search for it would go through the text again and again.
const maxTag = 4096
