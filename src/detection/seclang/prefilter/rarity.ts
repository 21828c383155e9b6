import type { ByteSet } from "../regex/byte-set.ts"
import { valueEnd, valueStart } from "./automaton.ts"
import { type ByteGroups, groupOf, groupsOf, lowerCase } from "./byte-groups.ts"
import { shareOf } from "./share.ts"

// Places of a value where a text may begin.
const places = 60

/** How likely a benign value has one of these texts. */
export function likelihoodOf(literals: readonly string[]): number {
  let sum = 0
  for (const literal of literals) {
    const anchored = literal.startsWith(valueStart) || literal.endsWith(valueEnd)
    let one = anchored ? 1 : places
    for (let at = 0; at < literal.length; at++) {
      const code = literal.charCodeAt(at)
      if (code < 256) one *= shareOf(code)
    }
    sum += Math.min(1, one)
  }
  return sum
}

/** How likely a value has a byte of these groups. */
export function likelihoodOfGroups(groups: ByteGroups): number {
  if ((groups & lowerCase) !== 0) return 1
  let sum = 0
  for (let byte = 0; byte < 256; byte++) if (((groupOf[byte] ?? 0) & groups) !== 0) sum += shareOf(byte)
  return Math.min(1, sum * 8)
}

export const likelihoodOfSet = (set: ByteSet): number => likelihoodOfGroups(groupsOf(set))
