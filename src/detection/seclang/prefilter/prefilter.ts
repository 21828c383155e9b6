import type { Latin1 } from "../../../core/index.ts"
import type { ByteSet } from "../regex/byte-set.ts"
import { createAutomaton } from "./automaton.ts"
import { type ByteGroups, groupOf, groupsOf } from "./byte-groups.ts"

/** What one pass over a text found: the groups of its bytes, and which filters have a literal in it. */
export interface Scan {
  readonly groups: ByteGroups
  /** One bit a filter; the shared empty list when nothing was found. */
  readonly found: readonly number[]
}

const nothing: number[] = []

/** A condition that every value which an operator matches fulfils. */
export interface Filter {
  /** Where in `found` its bit is; -1 when it has no literals. */
  readonly word: number
  readonly bit: number
  /** A value with a byte of these passes without a literal. */
  readonly unless: ByteGroups
  /** The value has a byte of each. */
  readonly groups: readonly ByteGroups[]
}

export interface Needed {
  readonly literals: readonly Latin1[] | null
  readonly unless: ByteSet
  readonly bytes: readonly ByteSet[]
}

/** Whether an operator may match what was scanned: false is certain. A scan of several values together holds for all of them. */
export function mayMatch({ word, bit, unless, groups }: Filter, scan: Scan): boolean {
  if (word >= 0 && ((scan.found[word] ?? 0) & bit) === 0 && (scan.groups & unless) === 0) return false
  for (const one of groups) if ((scan.groups & one) === 0) return false
  return true
}

// The beginning of a longer literal says enough.
const maxLength = 24

/** Collects what operators need, and looks for all of it in one pass over a value. */
export interface Prefilter {
  /** Among those of a program. */
  readonly number: number
  /** A filter for an operator; undefined when nothing can be said of what it matches. */
  add(needed: Needed): Filter | undefined
  scan(text: Latin1): Scan
  /** Makes ready for scans, which the first would do else: it takes a while, and leaves much garbage. */
  prepare(): void
}

export function createPrefilter(number: number): Prefilter {
  const filtersOf = new Map<Latin1, number[]>()
  let count = 0
  let scan: ((text: Latin1) => Scan) | undefined
  return {
    number,
    add: ({ literals, unless, bytes }) => {
      const groups = bytes.map(groupsOf)
      if (literals === null) return groups.length === 0 ? undefined : { word: -1, bit: 0, unless: 0, groups }
      const index = count++
      for (const literal of new Set(literals.map((one) => one.slice(0, maxLength)))) {
        const known = filtersOf.get(literal)
        if (known === undefined) filtersOf.set(literal, [index])
        else if (!known.includes(index)) known.push(index)
      }
      scan = undefined
      return { word: index >> 5, bit: 1 << (index & 31), unless: groupsOf(unless), groups }
    },
    scan: (text) => {
      scan ??= createScan(filtersOf, count)
      return scan(text)
    },
    prepare: () => {
      scan ??= createScan(filtersOf, count)
    },
  }
}

function createScan(filtersOf: ReadonlyMap<Latin1, readonly number[]>, count: number): (text: Latin1) => Scan {
  const { symbols, width, start, end, plain, rows, next, step, ends } = createAutomaton([...filtersOf.keys()])
  const filters = [...filtersOf.values()]
  const bits = ends.map((literals) => bitsOf(literals?.flatMap((literal) => filters[literal] ?? []) ?? []))
  const words = (count + 31) >> 5
  return (text) => {
    let groups = 0
    let found = nothing
    let state = start
    for (let at = 0; at < text.length; at++) {
      const byte = text.charCodeAt(at) & 0xff
      groups |= groupOf[byte] ?? 0
      const symbol = symbols[byte] ?? 0
      state = state < rows ? (next[state * width + symbol] ?? 0) : step(state, symbol)
      if (state >= plain) found = marked(found, bits[state - plain], words)
    }
    state = step(state, end)
    if (state >= plain) found = marked(found, bits[state - plain], words)
    return { groups, found }
  }
}

/** Arrays of numbers, since small typed arrays cost ten times as much to make. */
function marked(before: number[], pairs: readonly number[] | undefined, words: number): number[] {
  if (pairs === undefined || pairs.length === 0) return before
  const found = before.length === 0 ? new Array<number>(words).fill(0) : before
  for (let pair = 0; pair < pairs.length; pair += 2) {
    const word = pairs[pair] ?? 0
    found[word] = (found[word] ?? 0) | (pairs[pair + 1] ?? 0)
  }
  return found
}

/** Words and the bits to set in them, in pairs. */
function bitsOf(filters: readonly number[]): readonly number[] {
  const words = new Map<number, number>()
  for (const filter of filters) words.set(filter >> 5, (words.get(filter >> 5) ?? 0) | (1 << (filter & 31)))
  return [...words].flat()
}

/** What several scans found together. */
export class Gathered implements Scan {
  groups: ByteGroups = 0
  found: readonly number[] = nothing
  /** The same list as `found`, once it is no other scan's. */
  private own: number[] | undefined = undefined

  add(scan: Scan): void {
    this.groups |= scan.groups
    const { found } = scan
    if (found.length === 0 || found === this.found) return
    if (this.found.length === 0) this.found = found
    else if (this.own !== undefined) addWords(this.own, found)
    else if (!hasWords(this.found, found)) {
      this.own = this.found.slice()
      this.found = this.own
      addWords(this.own, found)
    }
  }
}

function addWords(to: number[], from: readonly number[]): void {
  for (let at = 0; at < from.length; at++) to[at] = (to[at] ?? 0) | (from[at] ?? 0)
}

function hasWords(all: readonly number[], some: readonly number[]): boolean {
  for (let at = 0; at < some.length; at++) if (((some[at] ?? 0) & ~(all[at] ?? 0)) !== 0) return false
  return true
}
