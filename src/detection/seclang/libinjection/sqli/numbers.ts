import type { Latin1 } from "../../../../core/index.ts"
import { isBlank } from "./blank.ts"
import type { Read } from "./strings.ts"
import { kind, token } from "./token.ts"

const based = /0(?:[xX]([0-9A-Fa-f]*)|[bB]([01]*))/y
const decimal = /([0-9]*)(\.[0-9]*)?(?:[eE]([+-]?)([0-9]*))?/y

/** `0x1F`, `0b01`, `1`, `1.5`, `1e-3`, with Oracle's suffixes `d` and `f`; a dot alone is a dot. */
export function readNumber(text: Latin1, at: number): Read {
  const digits = matchAt(based, text, at)
  if (digits !== undefined) {
    const end = at + digits[0].length
    return { token: token(digits[0].length === 2 ? kind.word : kind.number, text.slice(at, end)), end }
  }
  const found = matchAt(decimal, text, at)
  const [whole = "", integer = "", fraction, , exponent] = found ?? []
  if (integer === "" && fraction === ".") return { token: token(kind.dot, "."), end: at + 1 }
  const end = withSuffix(text, at + whole.length)
  // `10.e` is the name of a column, not a number.
  return { token: token(exponent === "" ? kind.word : kind.number, text.slice(at, end)), end }
}

function matchAt(pattern: RegExp, text: Latin1, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

/** `1f` before the end, a blank or a semicolon, and the `f` of `1fUNION`. */
function withSuffix(text: Latin1, end: number): number {
  if (!/[dDfF]/.test(text[end] ?? "")) return end
  const next = text[end + 1]
  return next === undefined || isBlank(next) || /[;uU]/.test(next) ? end + 1 : end
}
