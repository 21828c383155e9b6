import { Mistake } from "../syntax/mistake.ts"

/** The byte that a code page has for a character (U+0000 to U+FFFF), or the one that looks most like it; undefined when it has none. */
export type UnicodeMap = (code: number) => number | undefined

const none = 0xffff

/** Reads the code page out of a file of the kind that ModSecurity calls `unicode.mapping`: `20127 (US-ASCII)`, then `00a0:20 00a1:21 …`. */
export function readUnicodeMap(text: string, page: number): UnicodeMap {
  const heading = new RegExp(`^${page}\\b[^\\n]*$`, "m").exec(text)
  if (heading === null) throw new Mistake("SECLANG_DIRECTIVE", `the file has no code page ${page}`)
  const map = new Uint16Array(0x10000).fill(none)
  const pairs = text.slice(heading.index + heading[0].length).split(/\n\s*\n|\n\d+\s+\(/, 1)[0] ?? ""
  for (const [, from = "", to = ""] of pairs.matchAll(/([0-9a-fA-F]{4}):([0-9a-fA-F]{2})/g))
    map[Number.parseInt(from, 16)] = Number.parseInt(to, 16)
  return (code) => {
    const byte = map[code] ?? none
    return byte === none ? undefined : byte
  }
}
