import type { Latin1 } from "../../../../core/index.ts"
import { words } from "./words.ts"

// What a byte is in plain text.
const unusual = 0
const letter = 1
const digit = 2
const separator = 3

const classes = new Uint8Array(256).fill(letter, 0x80)
for (const [characters, of] of [
  ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", letter],
  ["0123456789", digit],
  [" \t\r\n.,:;=+%^*/<>!~?[]{}\\-\xa0", separator],
] as const)
  for (const character of characters) classes[character.charCodeAt(0)] = of

/**
 * Each part of what SQL has a meaning for: phrases by their words, names by what stands between their dots. What is only a name (the
 * kind `n`) means no more than any other word.
 */
const parts: ReadonlySet<string> = new Set(
  Object.entries(words).flatMap(([kind, list]) =>
    list
      .toLowerCase()
      .split("\t")
      .filter((word) => kind !== "n" || !/^\w+$/.test(word))
      .flatMap((word) => word.split(/[^a-z0-9_]+/)),
  ),
)

// Most words are told from those by a number that is made of their letters, without a copy of them.
const hashes = new Uint8Array(1 << 16)
for (const part of parts) hashes[hashOf(part, 0, part.length)] = 1

function hashOf(text: Latin1, start: number, end: number): number {
  let hash = 0
  for (let at = start; at < end; at++) hash = hashed(hash, text.charCodeAt(at))
  return hash
}

function hashed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 0x20)) & 0xffff
}

/**
 * True for text of words that mean nothing in SQL, numbers and common signs. No fingerprint is made of those alone (words, numbers,
 * dots, operators, commas, colons and semicolons), so that the text needs no closer look.
 */
export function isPlain(text: Latin1): boolean {
  let before = 0
  // The word or number that is being read, by its first byte's class and its letters.
  let inside = separator
  let start = 0
  let hash = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) & 0xff
    const of = classes[code] ?? unusual
    if (of === unusual) return false
    if (of === separator) {
      // `--` and `/*` begin comments.
      if ((code === 0x2d && before === 0x2d) || (code === 0x2a && before === 0x2f)) return false
      if (inside === letter && isPart(text, { start, end: at, hash })) return false
      before = code
      inside = separator
      continue
    }
    if (inside === separator) {
      inside = of
      start = at
      hash = 0
      before = 0
    }
    if (inside === digit && of === letter) {
      // `1UNION` is a number and a word.
      const end = endOfMixed(text, at)
      if (end < 0) return false
      at = end - 1
      continue
    }
    hash = hashed(hash, code)
  }
  return !(inside === letter && isPart(text, { start, end: text.length, hash }))
}

/** The end of a word that begins with a number, whose first letter is at `at`; -1 when a part of it may have a meaning. */
function endOfMixed(text: Latin1, at: number): number {
  const end = endOfWord(text, at)
  // The letter may belong to the number, with more digits: as an exponent, a base or a suffix.
  let digits = at + 1
  while (digits < end && classes[text.charCodeAt(digits) & 0xff] === digit) digits++
  for (const start of [at, at + 1, digits, digits + 1])
    if (start < end && isPart(text, { start, end, hash: hashOf(text, start, end) })) return -1
  return text.charCodeAt(at - 1) === 0x30 && /[xXbB]/.test(text.charAt(at)) ? -1 : end
}

function endOfWord(text: Latin1, start: number): number {
  let at = start
  while (at < text.length) {
    const of = classes[text.charCodeAt(at) & 0xff]
    if (of !== letter && of !== digit) break
    at++
  }
  return at
}

interface Word {
  readonly start: number
  readonly end: number
  readonly hash: number
}

const isPart = (text: Latin1, { start, end, hash }: Word) =>
  hashes[hash] === 1 && parts.has(text.slice(start, end).toLowerCase())
