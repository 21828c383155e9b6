import type { TransformationDefinition } from "./transformation.ts"

export const hexDecode: TransformationDefinition = {
  name: "hexDecode",
  touches: null,
  apply: (value) => {
    let text = ""
    for (let at = 0; at + 1 < value.length; at += 2)
      text += String.fromCharCode((digitOf(value.charCodeAt(at)) * 16 + digitOf(value.charCodeAt(at + 1))) & 0xff)
    return text
  },
}

/** What is no hexadecimal digit is taken as C arithmetic takes it, as ModSecurity does. */
const digitOf = (code: number) => (code >= 65 ? (code & 0xdf) - 55 : code - 48)
