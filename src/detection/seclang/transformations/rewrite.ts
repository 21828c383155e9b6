import type { Latin1 } from "../../../core/index.ts"

// Most values are shorter; a longer one gets a buffer of its own. What is in it is copied before anybody else writes.
const scratch = Buffer.allocUnsafe(16_384)

/** Builds a text byte by byte: `write` puts at most as many bytes as the text has, and gives their number. */
export function rewrite(text: Latin1, write: (to: Uint8Array, text: Latin1) => number): Latin1 {
  const to = text.length <= scratch.length ? scratch : Buffer.allocUnsafe(text.length)
  return to.toString("latin1", 0, write(to, text))
}

/** The value of a hexadecimal digit; -1 for any other byte (NaN behind the end of a text). */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 0x20
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** The byte of two hexadecimal digits at a place of a text; -1 when there are none. */
export function hexByte(text: Latin1, at: number): number {
  const high = hexDigit(text.charCodeAt(at))
  const low = hexDigit(text.charCodeAt(at + 1))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}
