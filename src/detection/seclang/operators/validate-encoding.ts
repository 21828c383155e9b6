import type { Latin1 } from "../../../core/index.ts"
import { bytesOf } from "../regex/byte-set.ts"
import { foundAt, type OperatorDefinition } from "./operator.ts"

/** Matches at a `%` that has no two hexadecimal digits behind it. */
export const validateUrlEncoding: OperatorDefinition = {
  name: "validateUrlEncoding",
  compile: () => ({
    find: (value) => {
      const offset = value.search(/%(?![0-9a-fA-F]{2})/)
      return offset < 0 ? undefined : foundAt(value, offset, Math.min(3, value.length - offset))
    },
    needs: { bytes: bytesOf("%".charCodeAt(0)) },
  }),
}

/** Matches at the first bytes that are not well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). */
export const validateUtf8Encoding: OperatorDefinition = {
  name: "validateUtf8Encoding",
  compile: () => ({
    find: (value) => {
      const at = badUtf8At(value)
      return at < 0 ? undefined : foundAt(value, at, 1)
    },
    needs: { bytes: bytesOf([0x80, 0xff]) },
  }),
}

/** The first byte that is no part of well-formed UTF-8; -1 when there is none. */
export function badUtf8At(value: Latin1): number {
  for (let at = 0; at < value.length; ) {
    const length = value.charCodeAt(at) < 0x80 ? 1 : characterLength(value, at)
    if (length === 0) return at
    at += length
  }
  return -1
}

/** The bytes of the character of more than one that begins there; 0 when none does. */
function characterLength(value: Latin1, at: number): number {
  const lead = value.charCodeAt(at)
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
  if (length === 0 || at + length > value.length) return 0
  const second = value.charCodeAt(at + 1)
  if (second < (leastSecond[lead] ?? 0x80) || second > (mostSecond[lead] ?? 0xbf)) return 0
  for (let next = at + 2; next < at + length; next++) {
    const byte = value.charCodeAt(next)
    if (byte < 0x80 || byte > 0xbf) return 0
  }
  return length
}

// Overlong forms, surrogates, and what is beyond U+10FFFF.
const leastSecond: Readonly<Record<number, number>> = { 224: 0xa0, 240: 0x90 }
const mostSecond: Readonly<Record<number, number>> = { 237: 0x9f, 244: 0x8f }
