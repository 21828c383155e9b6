import type { Latin1 } from "../../../core/index.ts"
import type { ByteSet } from "../regex/byte-set.ts"

/** One `t:`; values and results are bytes. */
export interface TransformationDefinition {
  /** As documented; rules may write it in any case. */
  readonly name: string
  readonly aliases?: readonly string[]
  /** A value without a match of this is left as it is, so that most values are never copied; null: every value changes. */
  readonly touches: RegExp | null
  /**
   * Where that is less than what `touches` tells by itself: a value without a byte of `touchedBy` is left as it is, but for one of up to
   * `touchedUpTo` bytes with one of `touchedShortBy`.
   */
  readonly touchedBy?: ByteSet
  readonly touchedUpTo?: number
  readonly touchedShortBy?: ByteSet
  /** Where only capital letters touch a value, it comes out in lower case and else the same. */
  readonly lowersCase?: true
  /** It may give more bytes than it gets. */
  readonly lengthens?: true
  /** The most bytes that can come of a text, where that is cheaper to say than to make. */
  readonly atMost?: (value: Latin1) => number
  readonly apply: (value: Latin1) => Latin1
}

/** The byte of two hexadecimal digits that end at `end`. */
export function byteOfHex(text: Latin1, start: number): number {
  return Number.parseInt(text.slice(start, start + 2), 16)
}

/** The full-width forms of ASCII (U+FF01 to U+FF5E) stand for it; of any other character its low byte is kept. */
export function foldToByte(code: number): number {
  return code > 0xff00 && code < 0xff5f ? (code & 0xff) + 0x20 : code & 0xff
}

const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
}

/** What a letter behind a backslash means in C and JavaScript; undefined for any other. */
export function controlOf(letter: string): string | undefined {
  return Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
}
