import type { Report } from "./problem.ts"
import type { Token } from "./token.ts"

// What word processors and web pages make of quotes stands for the plain ones; a plain quote is closed by a plain one only.
const closers: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["“", '“”„"'],
  ["”", '“”„"'],
  ["„", '“”„"'],
  ["‘", "‘’'"],
  ["’", "‘’'"],
])

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
])

export const stringStart = (text: string, at: number): boolean => closers.has(text.charAt(at))

/**
 * Reads a text in quotes. `\n`, `\r`, `\t`, `\\`, a quote behind a backslash and `\uXXXX` are escapes; another backslash stands for
 * itself, so that regular expressions need none doubled (`"\.php$"`).
 */
export function readString(text: string, at: number, report: Report): Token {
  const closing = closers.get(text.charAt(at)) ?? ""
  const pieces: string[] = []
  let next = at + 1
  while (next < text.length && !closing.includes(text.charAt(next))) {
    const { value, length } = character(text, next)
    pieces.push(value)
    next += length
  }
  const end = Math.min(text.length, next + 1)
  if (next >= text.length)
    report({ at, end }, { code: "FILTER_SYNTAX", message: `this text has no closing quote (${closing.charAt(0)})` })
  return { kind: "string", value: pieces.join(""), at, end }
}

function character(text: string, at: number): { readonly value: string; readonly length: number } {
  const one = text.charAt(at)
  if (one !== "\\") return { value: one, length: 1 }
  const next = text.charAt(at + 1)
  if (next === "\\" || closers.has(next)) return { value: next, length: 2 }
  const control = escapes.get(next)
  if (control !== undefined) return { value: control, length: 2 }
  const code = /^u([0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[1]
  if (code !== undefined) return { value: String.fromCharCode(Number.parseInt(code, 16)), length: 6 }
  return { value: one, length: 1 }
}

/** The text in quotes, so that reading it gives the same again. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/g, escaped)}"`
}

const named: ReadonlyMap<string, string> = new Map([...escapes].map(([letter, meant]) => [meant, `\\${letter}`]))

function escaped(one: string): string {
  if (one === '"' || one === "\\") return `\\${one}`
  return named.get(one) ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`
}
