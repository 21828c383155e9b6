import { type ByteSet, bytesOf, complement, union } from "../regex/byte-set.ts"

/** A set of groups of bytes: one bit each of 32. */
export type ByteGroups = number

const code = (character: string) => character.charCodeAt(0)
const lowerWord = bytesOf([code("a"), code("z")], [code("0"), code("9")], code("_"))
const upper = bytesOf([code("A"), code("Z")])

// What benign text is made of shares groups; each byte that attacks need has one of its own, as far as 32 go.
const own = [
  '"',
  "#",
  "$",
  "%",
  "&",
  "'",
  "()",
  "*",
  "+",
  ",",
  "-",
  ".",
  "/",
  ":",
  ";",
  "<",
  "=",
  ">",
  "?",
  "@",
  "[]",
  "\\",
  "`",
  "{}",
  "|",
  "!^~",
]
const groups: readonly ByteSet[] = [
  lowerWord,
  upper,
  bytesOf(code(" ")),
  bytesOf([9, 13]),
  bytesOf([0, 8], [14, 31], 127),
  bytesOf([128, 255]),
  ...own.map((characters) => bytesOf(...[...characters].map(code))),
]

/** The bit of every byte's group. */
export const groupOf: Int32Array = new Int32Array(256)
for (const [index, set] of groups.entries())
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) groupOf[byte] = 1 << index

export const upperCase: ByteGroups = 1 << groups.indexOf(upper)
export const lowerCase: ByteGroups = 1 << groups.indexOf(lowerWord)
export const allGroups: ByteGroups = -1

/** The groups that have a byte of the set. */
export function groupsOf(set: ByteSet): ByteGroups {
  let found = 0
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) found |= groupOf[byte] ?? 0
  return found
}

/** The groups of a text's bytes. */
export function groupsIn(text: string): ByteGroups {
  let found = 0
  for (let at = 0; at < text.length; at++) found |= groupOf[text.charCodeAt(at) & 0xff] ?? 0
  return found
}

export const everyByteHasAGroup = complement(union(...groups)).every((missing) => missing === 0)
