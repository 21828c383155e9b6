import type { TransformationDefinition } from "./transformation.ts"

/** Well-formed UTF-8 beyond ASCII becomes `%uHHHH`, so that `urlDecodeUni` behind it folds look-alikes; other bytes stay. */
export const utf8toUnicode: TransformationDefinition = {
  name: "utf8toUnicode",
  aliases: ["utf8ToUnicode"],
  touches: /[\x80-\xff]/,
  lengthens: true,
  apply: (value) =>
    value.replace(
      /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/g,
      (bytes) => `%u${codeOf(bytes).toString(16).padStart(4, "0")}`,
    ),
}

function codeOf(bytes: string): number {
  const lead = bytes.charCodeAt(0) & (0xff >> (bytes.length + 1))
  let code = lead
  for (let at = 1; at < bytes.length; at++) code = (code << 6) | (bytes.charCodeAt(at) & 0x3f)
  return code
}
