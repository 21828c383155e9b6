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
  if (!/[\x80-\xff]/.test(value)) return -1
  const good =
    /(?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})/y
  for (let at = 0; at < value.length; ) {
    good.lastIndex = at
    const found = good.exec(value)
    if (found === null) return at
    at += found[0].length
  }
  return -1
}
