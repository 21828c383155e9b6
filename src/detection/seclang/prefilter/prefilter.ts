import type { Latin1 } from "../../../core/index.ts"
import type { ByteSet } from "../regex/byte-set.ts"
import { createAutomaton } from "./automaton.ts"
import { type ByteGroups, groupOf, groupsOf } from "./byte-groups.ts"

/** What one pass over a text found: the groups of its bytes, and which filters have a literal in it. */
export interface Scan {
  readonly groups: ByteGroups
  /** One bit a filter; the shared empty list when nothing was found. */
  readonly found: Int32Array
}

const nothing = new Int32Array(0)
export const emptyScan: Scan = { groups: 0, found: nothing }

/** A condition that every value which an operator matches fulfils. */
export interface Filter {
  /** Where in `found` its bit is; -1 when it has no literals. */
  readonly word: number
  readonly bit: number
  /** The value has a byte of each. */
  readonly groups: readonly ByteGroups[]
}

export interface Needed {
  readonly literals: readonly Latin1[] | null
  readonly bytes: readonly ByteSet[]
}

/** Whether an operator may match what was scanned: false is certain. A scan of several values together holds for all of them. */
export function mayMatch({ word, bit, groups }: Filter, scan: Scan): boolean {
  if (word >= 0 && ((scan.found[word] ?? 0) & bit) === 0) return false
  for (const one of groups) if ((scan.groups & one) === 0) return false
  return true
}

/** Collects what operators need, and looks for all of it in one pass over a value. */
export interface Prefilter {
  /** 0 for the request's, 1 for the response's. */
  readonly number: number
  /** A filter for an operator; undefined when nothing can be said of what it matches. */
  add(needed: Needed): Filter | undefined
  scan(text: Latin1): Scan
}

export function createPrefilter(number: number): Prefilter {
  const filtersOf = new Map<Latin1, number[]>()
  let count = 0
  let scan: ((text: Latin1) => Scan) | undefined
  return {
    number,
    add: ({ literals, bytes }) => {
      const groups = bytes.map(groupsOf)
      if (literals === null) return groups.length === 0 ? undefined : { word: -1, bit: 0, groups }
      const index = count++
      for (const literal of literals) {
        const known = filtersOf.get(literal)
        if (known === undefined) filtersOf.set(literal, [index])
        else if (!known.includes(index)) known.push(index)
      }
      scan = undefined
      return { word: index >> 5, bit: 1 << (index & 31), groups }
    },
    scan: (text) => {
      scan ??= createScan(filtersOf, count)
      return scan(text)
    },
  }
}

function createScan(filtersOf: ReadonlyMap<Latin1, readonly number[]>, count: number): (text: Latin1) => Scan {
  const { symbols, width, rows, next, step, final, ends } = createAutomaton([...filtersOf.keys()])
  const filters = [...filtersOf.values()]
  const bits = ends.map((literals) => bitsOf(literals?.flatMap((literal) => filters[literal] ?? []) ?? []))
  const words = (count + 31) >> 5
  return (text) => {
    let groups = 0
    let state = 0
    let found = nothing
    for (let at = 0; at < text.length; at++) {
      const byte = text.charCodeAt(at) & 0xff
      groups |= groupOf[byte] ?? 0
      const symbol = symbols[byte] ?? 0
      state = state < rows ? (next[state * width + symbol] ?? 0) : step(state, symbol)
      if (final[state] === 0) continue
      if (found === nothing) found = new Int32Array(words)
      const pairs = bits[state] ?? nothing
      for (let pair = 0; pair < pairs.length; pair += 2) {
        const word = pairs[pair] ?? 0
        found[word] = (found[word] ?? 0) | (pairs[pair + 1] ?? 0)
      }
    }
    return { groups, found }
  }
}

/** Words and the bits to set in them, in pairs. */
function bitsOf(filters: readonly number[]): Int32Array {
  const words = new Map<number, number>()
  for (const filter of filters) words.set(filter >> 5, (words.get(filter >> 5) ?? 0) | (1 << (filter & 31)))
  return words.size === 0 ? nothing : Int32Array.from([...words].flat())
}

/** Puts scans together; what one of them found, the result has. */
export function joined(one: Scan, other: Scan): Scan {
  if (other.found.length === 0 && (one.groups | other.groups) === one.groups) return one
  if (one.found.length === 0 && (one.groups | other.groups) === other.groups) return other
  const groups = one.groups | other.groups
  if (other.found.length === 0) return { groups, found: one.found }
  if (one.found.length === 0) return { groups, found: other.found }
  return { groups, found: one.found.map((word, index) => word | (other.found[index] ?? 0)) }
}
