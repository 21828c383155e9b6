import type { Latin1 } from "../../../../core/index.ts"
import { fingerprints } from "./fingerprints.ts"
import { words } from "./words.ts"

const kinds = new Map(
  Object.entries(words).flatMap(([kind, list]) => list.split("\t").map((word) => [word, kind] as const)),
)
const known = new Set(fingerprints.split(" "))
const longest = Math.max(...[...kinds.keys()].map(({ length }) => length))

/** The kind of a word, or of an operator of two bytes; undefined for one that means nothing in SQL. */
export function kindOfWord(word: Latin1): string | undefined {
  if (word.length > longest) return undefined
  const upper = word.toUpperCase()
  // `ß` would become two letters of ASCII.
  return upper.length === word.length ? kinds.get(upper) : undefined
}

export const isKnownFingerprint = (fingerprint: string): boolean => known.has(fingerprint.toUpperCase())
