import type { Latin1 } from "../../../core/index.ts"
import { hexByte, rewrite } from "./rewrite.ts"
import { foldToByte, type TransformationDefinition } from "./transformation.ts"
import type { UnicodeMap } from "./unicode-map.ts"

/** `+` is a space and `%HH` a byte; what is not hexadecimal stays. */
export const urlDecode: TransformationDefinition = {
  name: "urlDecode",
  touches: /[%+]/,
  apply: formDecode,
}

/** As `urlDecode`, and `%uHHHH` too. */
export const urlDecodeUni: TransformationDefinition = urlDecodeUniWith(() => undefined)

/** The same, with the bytes that a code page has for characters (SecUnicodeMapFile). */
export function urlDecodeUniWith(map: UnicodeMap): TransformationDefinition {
  const wide = (code: number) => map(code) ?? foldToByte(code)
  return {
    name: "urlDecodeUni",
    touches: /[%+]/,
    apply: (value) => rewrite(value, (to, text) => decode(to, text, { plus: 0x20, wide })),
  }
}

/** `%HH`, and `+` for a space. */
export function formDecode(value: Latin1): Latin1 {
  return value.includes("%") || value.includes("+")
    ? rewrite(value, (to, text) => decode(to, text, { plus: 0x20, wide: null }))
    : value
}

/** `%HH` alone, as in a path, where `+` is a plus. */
export function percentDecode(value: Latin1): Latin1 {
  return value.includes("%") ? rewrite(value, (to, text) => decode(to, text, { plus: 0x2b, wide: null })) : value
}

interface Coding {
  /** What a plus is. */
  readonly plus: number
  /** The byte of the character that `%uHHHH` is; null where that is none. */
  readonly wide: ((code: number) => number) | null
}

const percent = 0x25
const plusSign = 0x2b

function decode(to: Uint8Array, text: Latin1, { plus, wide }: Coding): number {
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== percent) {
      to[length++] = code === plusSign ? plus : code
      continue
    }
    const byte = hexByte(text, at + 1)
    const character = byte < 0 && wide !== null ? wideAt(text, at + 1) : -1
    to[length++] = byte >= 0 ? byte : character >= 0 ? (wide?.(character) ?? percent) : percent
    at += byte >= 0 ? 2 : character >= 0 ? 5 : 0
  }
  return length
}

/** The character of `uHHHH`; -1 when it is none. */
function wideAt(text: Latin1, at: number): number {
  if ((text.charCodeAt(at) | 0x20) !== 0x75) return -1
  const high = hexByte(text, at + 1)
  const low = hexByte(text, at + 3)
  return high < 0 || low < 0 ? -1 : high * 256 + low
}
