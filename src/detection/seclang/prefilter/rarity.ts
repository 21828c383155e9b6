import type { ByteSet } from "../regex/byte-set.ts"
import { valueEnd, valueStart } from "./automaton.ts"
import { type ByteGroups, groupOf, groupsOf, lowerCase } from "./byte-groups.ts"

/**
 * How likely benign values hold a text, roughly: only the choice between several needs of a rule hangs on it, never what the rule
 * matches. Letters by their share of English, the rest by that of URLs, headers and forms.
 */
const share = new Float64Array(256).fill(0.0005)
for (const [characters, each] of [
  ["etaoinsr", 0.07],
  ["hldcumfpgwyb", 0.025],
  ["vkxjqz", 0.006],
  ["0123456789", 0.03],
  [" ", 0.1],
  ["-./_=&,:", 0.02],
  ["+%;()\"'@?", 0.005],
] as const)
  for (const character of characters) share[character.charCodeAt(0)] = each

// Places of a value where a text may begin.
const places = 60

export function likelihoodOf(literals: readonly string[]): number {
  let sum = 0
  for (const literal of literals) {
    const anchored = literal.startsWith(valueStart) || literal.endsWith(valueEnd)
    let one = anchored ? 1 : places
    for (let at = 0; at < literal.length; at++) one *= share[literal.charCodeAt(at)] ?? 1
    sum += Math.min(1, one)
  }
  return sum
}

/** How likely a value has a byte of these groups. */
export function likelihoodOfGroups(groups: ByteGroups): number {
  if ((groups & lowerCase) !== 0) return 1
  let sum = 0
  for (let byte = 0; byte < 256; byte++) if (((groupOf[byte] ?? 0) & groups) !== 0) sum += share[byte] ?? 0
  return Math.min(1, sum * 8)
}

export const likelihoodOfSet = (set: ByteSet): number => likelihoodOfGroups(groupsOf(set))
