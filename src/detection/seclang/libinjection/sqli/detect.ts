import type { Latin1 } from "../../../../core/index.ts"
import { fold, kindsOf } from "./fold.ts"
import { isKnownFingerprint } from "./lookup.ts"
import { isPlain } from "./plain.ts"
import { kind, type Token } from "./token.ts"
import { type Context, createTokenizer } from "./tokenizer.ts"

interface Shape {
  readonly fingerprint: string
  readonly tokens: readonly Token[]
  /** How many there were before folding. */
  readonly count: number
  readonly isAmbiguous: boolean
}

/**
 * The fingerprint of an SQL injection, or undefined for an input that is none: as it is, and as if it landed inside of quotes.
 * After libinjection (https://github.com/libinjection/libinjection).
 */
export function detectSqli(text: Latin1): string | undefined {
  return text === "" || isPlain(text) ? undefined : detectInAnyText(text)
}

/** The same without the short cut for plain text. */
export function detectInAnyText(text: Latin1): string | undefined {
  return (
    tryDialects(text, "") ??
    (text.includes("'") ? tryDialects(text, "'") : undefined) ??
    (text.includes('"') ? verdict(text, { quote: '"', dialect: "mysql" }).found : undefined)
  )
}

function tryDialects(text: Latin1, quote: Context["quote"]): string | undefined {
  const { found, isAmbiguous } = verdict(text, { quote, dialect: "ansi" })
  return found ?? (isAmbiguous ? verdict(text, { quote, dialect: "mysql" }).found : undefined)
}

function verdict(
  text: Latin1,
  context: Context,
): { readonly found: string | undefined; readonly isAmbiguous: boolean } {
  const shape = shapeOf(text, context)
  const { fingerprint, isAmbiguous } = shape
  const found =
    fingerprint !== "" && isKnownFingerprint(fingerprint) && !isHarmless(text, shape) ? fingerprint : undefined
  return { found, isAmbiguous }
}

export function shapeOf(text: Latin1, context: Context): Shape {
  const tokenizer = createTokenizer(text, context)
  const tokens = fold(tokenizer)
  const last = tokens.at(-1)
  // PHP's way of writing a comment: a backtick that nothing follows.
  if (tokens.length > 2 && last?.kind === kind.word && last.open === "`" && last.value === "" && last.close === "")
    last.kind = kind.comment
  const kinds = kindsOf(tokens)
  return {
    fingerprint: kinds.includes(kind.evil) ? kind.evil : kinds,
    tokens,
    count: tokenizer.count(),
    isAmbiguous: tokenizer.isAmbiguous(),
  }
}

/** Shapes of which too many are plain text, unless more about them is suspicious. */
function isHarmless(text: Latin1, shape: Shape): boolean {
  const { fingerprint } = shape
  // SQL Server leaves out of its log what has this word in a comment.
  if (fingerprint.length > 1 && fingerprint.endsWith(kind.comment) && text.includes("sp_password")) return false
  if (fingerprint.length === 2) return isHarmlessPair(text, shape)
  return fingerprint.length === 3 && isHarmlessTriple(shape)
}

function isHarmlessPair(text: Latin1, { tokens: [first, second], count }: Shape): boolean {
  if (first === undefined || second === undefined) return false
  if (second.kind === kind.union) return count === 2
  if (second.value.startsWith("#")) return true
  if (second.kind === kind.comment && first.kind === kind.word && !second.value.startsWith("/")) return true
  if (second.kind === kind.comment && first.kind === kind.number) {
    if (second.value.startsWith("/") || count > 2) return false
    const behind = text.slice(first.value.length, first.value.length + 2)
    return !(
      behind === "" ||
      behind.charCodeAt(0) <= 32 ||
      behind.charCodeAt(0) > 127 ||
      behind === "/*" ||
      behind === "--"
    )
  }
  return second.value.length > 2 && second.value.startsWith("-")
}

const plainLogic = ["s&n", "n&1", "1&1", "1&v", "1&s"]

function isHarmlessTriple({ fingerprint, tokens: [first, second, third], count }: Shape): boolean {
  if (first === undefined || second === undefined || third === undefined) return false
  // `foo' + 'bar` is one when both ends are open, and the quotes between are the same.
  if (fingerprint === "sos" || fingerprint === "s&s")
    return !(first.open === "" && third.close === "" && first.close === third.open)
  if (plainLogic.includes(fingerprint)) return count === 3
  if (second.kind === kind.keyword) return second.value.length < 5 || !/^into/i.test(second.value)
  return false
}
