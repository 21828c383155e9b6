/** Bytes (latin1) inside quotes: what is no visible ASCII as \xHH, so that they act on no terminal and can be told exactly. */
export function printableBytes(text: string): string {
  return text.replace(/["\\]/g, "\\$&").replace(/[^\x20-\x7e]/g, (character) => escaped(character))
}

/** A text with letters of any script; what steers a terminal or turns the direction of writing is escaped. */
export function printableText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => escaped(character))
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`
}
