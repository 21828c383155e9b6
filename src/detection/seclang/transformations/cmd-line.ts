import { rewrite } from "./rewrite.ts"
import type { TransformationDefinition } from "./transformation.ts"

/** Undoes what shells ignore: drops \ " ' ^, makes blanks, commas and semicolons one space, drops it before / and (, lower case. */
export const cmdLine: TransformationDefinition = {
  name: "cmdLine",
  touches: /[\\"'^\t\r\n,;A-Z]| [ /(]/,
  lowersCase: true,
  apply: (value) => rewrite(value, write),
}

const dropped = flags("\\\"'^")
const blank = flags(" \t\r\n,;")
const slash = 0x2f
const parenthesis = 0x28

function write(to: Uint8Array, text: string): number {
  let length = 0
  let space = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) & 0xff
    if (dropped[code] === 1) continue
    if (blank[code] === 1) {
      space = true
      continue
    }
    if (space && code !== slash && code !== parenthesis) to[length++] = 0x20
    space = false
    to[length++] = code >= 65 && code <= 90 ? code + 32 : code
  }
  if (space) to[length++] = 0x20
  return length
}

function flags(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}
