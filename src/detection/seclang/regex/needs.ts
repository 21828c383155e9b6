import { valueEnd, valueStart } from "../prefilter/automaton.ts"
import { likelihoodOf, likelihoodOfSet } from "../prefilter/rarity.ts"
import { type ByteSet, bytesOf, membersOf, union } from "./byte-set.ts"
import type { RegexNode } from "./node.ts"

/** What every value that a pattern matches has. */
export interface Needs {
  /**
   * One of these stands in the value, letters in lower case compared with the value's in lower case; null: none is needed.
   * `valueStart` and `valueEnd` stand for the ends of the value.
   */
  readonly literals: readonly string[] | null
  /** A value with a byte of these may match without any of the literals. */
  readonly unless: ByteSet
  /** The value has a byte of each of these sets. */
  readonly bytes: readonly ByteSet[]
}

// Texts that one part can be, kept apart; beyond it they are a need of their own and the next part begins anew.
const maxExact = 800
const maxLength = 24
// Alternatives of one pattern; the Core Rule Set's largest has some 1,000.
const maxLiterals = 4000
const maxMembers = 14
const maxClauses = 4
// Beginnings of a part: more of them are cut short, so that many become one.
const maxPrefixes = 400
const prefixLength = 5
// Alternatives that are looked at each with all that comes behind them.
const maxSpread = 40
// A need that most values have anyway costs more than it saves.
const tooLikely = 1.5
const tooLikelyBesideBytes = 0.1
const tooLikelyByte = 0.8
// What may stand between the letters of a literal to hide it has bytes that benign values seldom have.
const seldom = 0.2

const noBytes: ByteSet = new Uint8Array(256)

/** Finds what a match needs, as far as it can be said by literals and sets of bytes. */
export function needsOf(root: RegexNode): Needs {
  const { exact, need } = partOf(root)
  const best = withoutSingles(better(exact, need))
  const bytes = clausesOf(root).filter((set) => likelihoodOfSet(set) < tooLikelyByte)
  // Where rare bytes are needed too, literals that are often there would only cost.
  const limit = bytes.some((set) => likelihoodOfSet(set) < seldom) ? tooLikelyBesideBytes : tooLikely
  const literals = best !== null && likelihoodOfTexts(best) < limit ? best : null
  return { literals: literals?.texts ?? null, unless: literals?.unless ?? noBytes, bytes }
}

/** A single byte as a need would be found all over; it is one that lets the value pass. */
function withoutSingles(need: Texts | null): Texts | null {
  if (need === null) return null
  const singles = need.texts.filter(({ length }) => length === 1)
  const unless = union(need.unless, bytesOf(...singles.map((text) => text.charCodeAt(0))))
  return likelihoodOfSet(unless) > tooLikelyByte
    ? null
    : { texts: need.texts.filter(({ length }) => length > 1), unless }
}

/** A set of bytes of which every match has one; undefined when there is none. */
export const byteNeededBy = (root: RegexNode): ByteSet | undefined => rarest(clausesOf(root))[0]

/** The text (in lower case) that a value begins with, when that and no more is what the pattern asks for. */
export function beginningOf(root: RegexNode): string | undefined {
  if (root.kind !== "sequence") return undefined
  const [first, ...rest] = root.items
  if (first?.kind !== "assert" || first.what !== "start") return undefined
  let text = ""
  for (const item of rest) {
    const exact = item.kind === "bytes" ? partOfSet(item.set).exact : null
    if (exact?.texts.length !== 1) return undefined
    text += exact.texts[0] ?? ""
  }
  return text
}

interface Texts {
  readonly texts: readonly string[]
  /** None of the texts need be there in a value with one of these bytes. */
  readonly unless: ByteSet
}

interface Part {
  /** All that the part can be; null when that is too much to list. */
  readonly exact: Texts | null
  /** Whatever the part matches begins with one of these. */
  readonly prefix: Texts | null
  /** One of these is in whatever the part matches. */
  readonly need: Texts | null
}

const anything: Part = { exact: null, prefix: null, need: null }
const empty: Texts = { texts: [""], unless: noBytes }
const nothing: Part = ofExact(empty)

function ofExact(exact: Texts): Part {
  return { exact, prefix: exact, need: null }
}

function partOf(node: RegexNode): Part {
  switch (node.kind) {
    case "bytes":
      return partOfSet(node.set)
    case "sequence":
      return partOfSequence(node.items)
    case "choice":
      return partOfChoice(node.options)
    case "capture":
    case "atomic":
      return partOf(node.item)
    case "repeat":
      return partOfRepeat(node)
    case "assert":
      return node.what === "start" ? exactly(valueStart) : node.what === "end" ? exactly(valueEnd) : nothing
    case "look":
      return node.negated ? nothing : { ...atLeast(partOf(node.item)), prefix: null }
    case "backreference":
      return anything
  }
}

const exactly = (text: string): Part => ofExact({ texts: [text], unless: noBytes })

const atLeast = ({ exact, prefix, need }: Part): Part => ({
  exact: null,
  prefix: exact ?? prefix,
  need: better(exact, need),
})

function partOfSet(set: ByteSet): Part {
  const folded = new Set(membersOf(set).map((byte) => String.fromCharCode(byte >= 65 && byte <= 90 ? byte + 32 : byte)))
  return folded.size <= maxMembers ? ofExact({ texts: [...folded], unless: noBytes }) : anything
}

function partOfSequence(items: readonly RegexNode[]): Part {
  const [first, ...rest] = items
  const plain = partOfItems(items)
  // Of what can begin, some say enough by themselves, and others (the start of the value) only with what comes behind them.
  if (plain.exact !== null || first?.kind !== "choice" || first.options.length > maxSpread) return plain
  const spread = joined(first.options.map((option) => needOf(partOfItems([option, ...rest]))))
  return { ...plain, need: better(plain.need, spread) }
}

const needOf = ({ exact, need }: Part) => better(exact, need)

function partOfItems(items: readonly RegexNode[]): Part {
  let exact = true
  let present = empty
  let prefix: Texts | null = null
  let need: Texts | null = null
  for (const item of items) {
    const one = partOf(item)
    const product = one.exact === null ? null : productOf(present, one.exact)
    if (product !== null) {
      present = product
      continue
    }
    const begun = one.prefix === null ? null : productOf(present, shortened(one.prefix))
    if (exact) prefix = begun ?? present
    exact = false
    need = better(better(better(present, begun), need), one.need)
    present = one.exact ?? empty
  }
  return exact ? ofExact(present) : { exact: null, prefix, need: better(present, need) }
}

/** Beginnings short enough that there are not too many of them. */
function shortened({ texts, unless }: Texts): Texts {
  if (texts.length <= maxPrefixes) return { texts, unless }
  return { texts: [...new Set(texts.map((text) => text.slice(0, prefixLength)))], unless }
}

function productOf(starts: Texts, ends: Texts): Texts | null {
  if (starts.texts.length * ends.texts.length > maxExact) return null
  const texts = [...new Set(starts.texts.flatMap((start) => ends.texts.map((end) => start + end).filter(isPossible)))]
  return texts.some(({ length }) => length > maxLength) ? null : { texts, unless: union(starts.unless, ends.unless) }
}

/** Nothing stands before the start or behind the end. */
const isPossible = (text: string) =>
  !text.includes(valueStart, 1) && (!text.includes(valueEnd) || text.indexOf(valueEnd) === text.length - 1)

function partOfChoice(options: readonly RegexNode[]): Part {
  const all = options.map(partOf)
  const exact = joined(all.map((one) => one.exact))
  if (exact !== null && exact.texts.length <= maxExact) return ofExact(exact)
  const prefix = joined(all.map((one) => one.exact ?? one.prefix))
  const need = joined(all.map(needOf))
  return {
    exact: null,
    prefix: prefix === null ? null : shortened(prefix),
    need: need !== null && need.texts.length <= maxLiterals ? need : null,
  }
}

function joined(parts: readonly (Texts | null)[]): Texts | null {
  const known = parts.filter((part) => part !== null)
  if (known.length < parts.length) return null
  return {
    texts: [...new Set(known.flatMap(({ texts }) => texts))],
    unless: union(...known.map(({ unless }) => unless)),
  }
}

function partOfRepeat({ item, min, max }: Extract<RegexNode, { kind: "repeat" }>): Part {
  if (max === 0) return nothing
  const one = partOf(item)
  if (min === 0) return optional(item, one, max)
  // Some bounded repetitions, each of its own length: what is written out longer is too much to list anyway.
  if (one.exact !== null && max - min <= 3) {
    const lengths: (Texts | null)[] = []
    let product: Texts | null = empty
    for (let times = 1; times <= max && product !== null; times++) {
      product = productOf(product, one.exact)
      if (times >= min) lengths.push(product)
    }
    const exact = lengths.length === max - min + 1 ? joined(lengths) : null
    if (exact !== null && exact.texts.length <= maxExact) return ofExact(exact)
  }
  return atLeast(repeated(one, min))
}

/** What stands in `min` repetitions one behind the other. */
function repeated(one: Part, min: number): Part {
  if (one.exact === null) return one
  let product = one.exact
  for (let times = 1; times < min; times++) {
    const longer = productOf(product, one.exact)
    if (longer === null) break
    product = longer
  }
  return ofExact(product)
}

function optional(item: RegexNode, one: Part, max: number): Part {
  const needed = byteNeededBy(item)
  if (needed !== undefined && likelihoodOfSet(needed) < seldom) return ofExact({ texts: [""], unless: needed })
  const exact = max === 1 && one.exact !== null ? joined([empty, one.exact]) : null
  return exact === null ? anything : ofExact(exact)
}

const likelihoodOfTexts = ({ texts, unless }: Texts) => likelihoodOf(texts) + likelihoodOfSet(unless)

/** Every value has an end: that alone is no need. */
const saysNothing = ({ texts }: Texts) =>
  texts.length === 0 || texts.some((text) => text === "" || text === valueStart || text === valueEnd)

function better(one: Texts | null, other: Texts | null): Texts | null {
  if (one === null || saysNothing(one)) return other === null || saysNothing(other) ? null : other
  if (other === null || saysNothing(other)) return one
  return likelihoodOfTexts(one) <= likelihoodOfTexts(other) ? one : other
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
