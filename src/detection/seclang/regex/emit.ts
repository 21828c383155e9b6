import { type ByteSet, membersOf } from "./byte-set.ts"
import type { ParsedRegex, RegexNode } from "./node.ts"

export interface EmittedRegex {
  /** To be compiled with the flag `s`. */
  readonly source: string
  /** Where the groups of the pattern stand among those of the source; the whole match first. */
  readonly groups: readonly number[]
}

/**
 * The same pattern in JavaScript's syntax. Letters of either case become classes: V8's linear-time engine takes no flag `i`, and
 * V8's own folding knows letters that are no bytes of ours.
 */
export function emitRegex({ root, captures }: ParsedRegex): EmittedRegex {
  const numbers = numberGroups(root)
  const groups = [0, ...new Array<number>(captures).fill(0)]
  for (const [node, number] of numbers) if (node.kind === "capture") groups[node.index] = number
  return { source: emit(root, { numbers, groups }), groups }
}

interface Numbering {
  readonly numbers: ReadonlyMap<RegexNode, number>
  readonly groups: readonly number[]
}

/** The groups of the source in their order: those of the pattern, and those that atomic parts need. */
function numberGroups(root: RegexNode): ReadonlyMap<RegexNode, number> {
  const numbers = new Map<RegexNode, number>()
  const visit = (node: RegexNode): void => {
    if (node.kind === "capture" || isAtomic(node)) numbers.set(node, numbers.size + 1)
    if (node.kind === "sequence") node.items.forEach(visit)
    else if (node.kind === "choice") node.options.forEach(visit)
    else if ("item" in node) visit(node.item)
  }
  visit(root)
  return numbers
}

const isAtomic = (node: RegexNode) => node.kind === "atomic" || (node.kind === "repeat" && node.style === "possessive")

function emit(node: RegexNode, numbering: Numbering): string {
  switch (node.kind) {
    case "bytes":
      return emitSet(node.set)
    case "sequence":
      return node.items
        .map((item) => (item.kind === "choice" ? `(?:${emit(item, numbering)})` : emit(item, numbering)))
        .join("")
    case "choice":
      return node.options.map((option) => emit(option, numbering)).join("|")
    case "capture":
      return `(${emit(node.item, numbering)})`
    case "repeat":
      return emitRepeat(node, numbering)
    case "assert":
      return assertions[node.what]
    case "look":
      return `(?${node.ahead ? "" : "<"}${node.negated ? "!" : "="}${emit(node.item, numbering)})`
    case "atomic":
      return emitAtomic(node, emit(node.item, numbering), numbering)
    case "backreference":
      return `(?${node.caseless ? "i" : ""}:\\${numbering.groups[node.index] ?? 0})`
  }
}

const assertions: Readonly<Record<Extract<RegexNode, { kind: "assert" }>["what"], string>> = {
  start: "^",
  end: "$",
  "line-start": "(?:^|(?<=\\n))",
  "line-end": "(?=\\n|$)",
  "end-or-last-newline": "(?=\\n?$)",
  boundary: "\\b",
  "no-boundary": "\\B",
}

function emitRepeat(node: Extract<RegexNode, { kind: "repeat" }>, numbering: Numbering): string {
  const { item, min, max, style } = node
  const inner = emit(item, numbering)
  const repeated = `${item.kind === "bytes" || item.kind === "capture" ? inner : `(?:${inner})`}${quantifier(min, max)}`
  if (style === "possessive") return emitAtomic(node, repeated, numbering)
  return style === "lazy" ? `${repeated}?` : repeated
}

/** JavaScript has no atomic groups; a lookahead is one, and what it saw is then taken. */
function emitAtomic(node: RegexNode, body: string, { numbers }: Numbering): string {
  return `(?:(?=(${body}))\\${numbers.get(node) ?? 0})`
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`
  if (min === 0 && max === 1) return "?"
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function emitSet(set: ByteSet): string {
  const members = membersOf(set)
  if (members.length === 256) return "."
  if (members.length === 0) return "[]"
  if (members.length === 1) return emitByte(members[0] ?? 0)
  // A class of nearly everything is shorter by what it leaves out; no character of ours is above 255.
  return members.length > 128 ? `[^${rangesOf(set, 0)}]` : `[${rangesOf(set, 1)}]`
}

function rangesOf(set: ByteSet, flag: number): string {
  let text = ""
  for (let byte = 0; byte < 256; byte++) {
    if (set[byte] !== flag) continue
    const from = byte
    while (byte < 255 && set[byte + 1] === flag) byte++
    text += from === byte ? emitByte(from) : `${emitByte(from)}${byte === from + 1 ? "" : "-"}${emitByte(byte)}`
  }
  return text
}

function emitByte(code: number): string {
  const character = String.fromCharCode(code)
  return /[A-Za-z0-9_ !"#%&',:;<=>@`~]/.test(character) ? character : `\\x${code.toString(16).padStart(2, "0")}`
}
