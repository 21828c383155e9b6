import type { Latin1 } from "../../../core/index.ts"
import { rewrite } from "./rewrite.ts"
import type { TransformationDefinition } from "./transformation.ts"

/** Decodes up to the first byte that is no base 64; line ends are skipped. */
export const base64Decode: TransformationDefinition = {
  name: "base64Decode",
  touches: null,
  apply: (value) => rewrite(value, (to, text) => decode(to, text, false)),
  atMost: (value) => {
    let at = 0
    while (at < value.length && (digits[value.charCodeAt(at) & 0xff] ?? none) !== none) at++
    return (at * 3) / 4
  },
}

/** As `base64Decode`, but what is no base 64 is skipped. */
export const base64DecodeExt: TransformationDefinition = {
  name: "base64DecodeExt",
  touches: null,
  apply: (value) => rewrite(value, (to, text) => decode(to, text, true)),
}

const none = 255
const lineEnd = 254
const digits = new Uint8Array(256).fill(none)
for (const [value, digit] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries())
  digits[digit.charCodeAt(0)] = value
digits[10] = lineEnd
digits[13] = lineEnd

function decode(to: Uint8Array, text: Latin1, skips: boolean): number {
  let length = 0
  let bits = 0
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const digit = digits[text.charCodeAt(at) & 0xff] ?? none
    if (digit >= lineEnd) {
      if (skips || digit === lineEnd) continue
      break
    }
    bits = ((bits << 6) | digit) & 0xffffff
    count += 6
    if (count < 8) continue
    count -= 8
    to[length++] = (bits >> count) & 0xff
  }
  return length
}
