import type { TransformationDefinition } from "./transformation.ts"

/**
 * UTF-8 beyond ASCII becomes `%uHHHH`, so that `urlDecodeUni` behind it folds look-alikes. Overlong forms and surrogates are
 * resolved too, with their first byte behind them; a first byte that nothing fits to goes; other bytes stay.
 */
export const utf8toUnicode: TransformationDefinition = {
  name: "utf8toUnicode",
  aliases: ["utf8ToUnicode"],
  touches: /[\x80-\xff]/,
  lengthens: true,
  apply: (value) =>
    value.replace(
      /[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}|[\xc0-\xf7]/g,
      (bytes) => {
        const lead = bytes.charAt(0)
        const outside = lead >= "\xf5" ? lead : ""
        if (bytes.length === 1) return outside
        const code = codeOf(bytes)
        const overlong = code < (smallest[bytes.length] ?? 0) ? lead : ""
        const surrogate = code >= 0xd800 && code <= 0xdfff ? lead : ""
        return `${outside}%u${code.toString(16).padStart(4, "0")}${surrogate}${overlong}`
      },
    ),
}

/** By the number of bytes, the first character that needs so many. */
const smallest = [0, 0, 0x80, 0x800, 0x10000]

function codeOf(bytes: string): number {
  const lead = bytes.charCodeAt(0) & (0xff >> (bytes.length + 1))
  let code = lead
  for (let at = 1; at < bytes.length; at++) code = (code << 6) | (bytes.charCodeAt(at) & 0x3f)
  return code
}
