import { likelihoodOf, likelihoodOfSet } from "../prefilter/rarity.ts"
import { type ByteSet, membersOf, union } from "./byte-set.ts"
import type { RegexNode } from "./node.ts"

/** What every value that a pattern matches has. */
export interface Needs {
  /** One of these stands in the value, letters in lower case compared with the value's in lower case; null: none is needed. */
  readonly literals: readonly string[] | null
  /** The value has a byte of each of these sets. */
  readonly bytes: readonly ByteSet[]
}

export const noNeeds: Needs = { literals: null, bytes: [] }

// Texts that one part can be, kept apart; beyond it they are a need of their own and the next part begins anew.
const maxExact = 200
const maxLength = 24
// Alternatives of one pattern; the Core Rule Set's largest has some 1,000.
const maxLiterals = 4000
const maxMembers = 8
const maxClauses = 4
// A need that most values have anyway costs more than it saves.
const tooLikely = 0.8

/** Finds what a match needs, as far as it can be said by literals and sets of bytes. */
export function needsOf(root: RegexNode): Needs {
  const { exact, need } = literalsOf(root)
  const literals = better(exact, need)
  return {
    literals: literals !== null && usable(literals) && likelihoodOf(literals) < tooLikely ? literals : null,
    bytes: clausesOf(root).filter((set) => likelihoodOfSet(set) < tooLikely),
  }
}

/** A set of bytes of which every match has one; undefined when there is none. */
export const byteNeededBy = (root: RegexNode): ByteSet | undefined => rarest(clausesOf(root))[0]

interface Literals {
  /** All that the part can be; null when that is too much to list. */
  readonly exact: readonly string[] | null
  /** One of these is in whatever the part matches. */
  readonly need: readonly string[] | null
}

const anything: Literals = { exact: null, need: null }
const nothing: Literals = { exact: [""], need: null }

function literalsOf(node: RegexNode): Literals {
  switch (node.kind) {
    case "bytes":
      return literalsOfSet(node.set)
    case "sequence":
      return literalsOfSequence(node.items)
    case "choice":
      return literalsOfChoice(node.options)
    case "capture":
    case "atomic":
      return literalsOf(node.item)
    case "repeat":
      return literalsOfRepeat(node)
    case "assert":
      return nothing
    case "look": {
      if (node.negated) return nothing
      const { exact, need } = literalsOf(node.item)
      return { exact: null, need: better(exact, need) }
    }
    case "backreference":
      return anything
  }
}

function literalsOfSet(set: ByteSet): Literals {
  const folded = new Set(membersOf(set).map((byte) => String.fromCharCode(byte >= 65 && byte <= 90 ? byte + 32 : byte)))
  return folded.size <= maxMembers ? { exact: [...folded], need: null } : anything
}

function literalsOfSequence(items: readonly RegexNode[]): Literals {
  let exact = true
  let present: readonly string[] = [""]
  let need: readonly string[] | null = null
  for (const item of items) {
    const one = literalsOf(item)
    const product = one.exact === null ? null : productOf(present, one.exact)
    if (product !== null) {
      present = product
      continue
    }
    exact = false
    need = better(better(present, need), one.need)
    present = one.exact ?? [""]
  }
  return exact ? { exact: present, need: null } : { exact: null, need: better(present, need) }
}

function productOf(starts: readonly string[], ends: readonly string[]): readonly string[] | null {
  if (starts.length * ends.length > maxExact) return null
  const product = [...new Set(starts.flatMap((start) => ends.map((end) => start + end)))]
  return product.some(({ length }) => length > maxLength) ? null : product
}

function literalsOfChoice(options: readonly RegexNode[]): Literals {
  const all = options.map(literalsOf)
  const exact = all.flatMap((one) => one.exact ?? [])
  if (all.every((one) => one.exact !== null) && exact.length <= maxExact) return { exact: [...new Set(exact)], need: null }
  const needs = all.map((one) => better(one.exact, one.need))
  const joined = needs.flatMap((need) => need ?? [])
  return { exact: null, need: needs.includes(null) || joined.length > maxLiterals ? null : [...new Set(joined)] }
}

function literalsOfRepeat({ item, min, max }: Extract<RegexNode, { kind: "repeat" }>): Literals {
  if (max === 0) return nothing
  const one = literalsOf(item)
  if (min === 0) return max === 1 && one.exact !== null ? { exact: [...new Set(["", ...one.exact])], need: null } : anything
  if (min === max && one.exact !== null) {
    let product: readonly string[] | null = [""]
    for (let times = 0; times < min && product !== null; times++) product = productOf(product, one.exact)
    if (product !== null) return { exact: product, need: null }
  }
  return { exact: null, need: better(one.exact, one.need) }
}

const usable = (literals: readonly string[]) => !literals.includes("")

function better(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || !usable(one)) return other === null || !usable(other) ? null : other
  if (other === null || !usable(other)) return one
  return likelihoodOf(one) <= likelihoodOf(other) ? one : other
}

function clausesOf(node: RegexNode): readonly ByteSet[] {
  switch (node.kind) {
    case "bytes":
      return [node.set]
    case "sequence":
      return rarest(node.items.flatMap(clausesOf))
    case "choice": {
      const best = node.options.map((option) => rarest(clausesOf(option))[0])
      return best.includes(undefined) ? [] : [union(...best.filter((set) => set !== undefined))]
    }
    case "capture":
    case "atomic":
      return clausesOf(node.item)
    case "repeat":
      return node.min === 0 ? [] : clausesOf(node.item)
    case "look":
      return node.negated ? [] : clausesOf(node.item)
    case "assert":
    case "backreference":
      return []
  }
}

function rarest(sets: readonly ByteSet[]): readonly ByteSet[] {
  return [...sets].sort((one, other) => likelihoodOfSet(one) - likelihoodOfSet(other)).slice(0, maxClauses)
}
