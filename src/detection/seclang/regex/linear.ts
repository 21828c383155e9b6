import { everyByte } from "./byte-set.ts"
import type { RegexNode } from "./node.ts"

// V8's linear engine writes a counted part out as often as it may repeat, and takes a pattern only as long as that stays below this.
const mostCopies = 16
const nothing: RegexNode = { kind: "sequence", items: [] }

/**
 * True when V8 can run a pattern in linear time, to which it changes when a match goes back too often. It can't where a pattern looks
 * around, refers back, has parts that never give back what they took, or counts far.
 */
export function isLinear(node: RegexNode, copies = 1): boolean {
  switch (node.kind) {
    case "look":
    case "backreference":
    case "atomic":
      return false
    case "sequence":
      return node.items.every((item) => isLinear(item, copies))
    case "choice":
      return node.options.every((option) => isLinear(option, copies))
    case "capture":
      return isLinear(node.item, copies)
    case "repeat":
      return node.style !== "possessive" && fits(node, copies) && isLinear(node.item, copies * copiesOf(node))
    case "assert":
      return !looksAround(node)
    case "bytes":
      return true
  }
}

// So many parts a pattern may have when its counts are written out.
const mostParts = 4000

/** The same pattern with its far counts written out, `a{0,100}` as `(?:a(?:a…)?)?`, which V8 can run in linear time. */
export function withCountsWrittenOut(root: RegexNode): RegexNode {
  return sizeOf(root, 1) > mostParts ? root : writeOut(root, 1)
}

function writeOut(node: RegexNode, copies: number): RegexNode {
  switch (node.kind) {
    case "sequence":
      return { ...node, items: node.items.map((item) => writeOut(item, copies)) }
    case "choice":
      return { ...node, options: node.options.map((option) => writeOut(option, copies)) }
    case "capture":
    case "look":
    case "atomic":
      return { ...node, item: writeOut(node.item, copies) }
    case "repeat":
      return isWritable(node, copies)
        ? spelled({ ...node, item: writeOut(node.item, copies) })
        : { ...node, item: writeOut(node.item, copies * copiesOf(node)) }
    default:
      return node
  }
}

const isWritable = (node: Repeat, copies: number) =>
  !fits(node, copies) && node.style !== "possessive" && !hasCaptures(node.item)

function spelled({ item, min, max, style }: Repeat): RegexNode {
  const least = Array.from({ length: min }, () => item)
  if (max === Number.POSITIVE_INFINITY)
    return { kind: "sequence", items: [...least, { kind: "repeat", item, min: 0, max, style }] }
  let more: RegexNode = nothing
  for (let count = min; count < max; count++)
    more = { kind: "repeat", item: { kind: "sequence", items: [item, more] }, min: 0, max: 1, style }
  return { kind: "sequence", items: [...least, more] }
}

/** Groups in the pattern, or that what is atomic needs: each has one number. */
function hasCaptures(node: RegexNode): boolean {
  switch (node.kind) {
    case "capture":
    case "atomic":
      return true
    case "sequence":
      return node.items.some(hasCaptures)
    case "choice":
      return node.options.some(hasCaptures)
    case "look":
      return hasCaptures(node.item)
    case "repeat":
      return node.style === "possessive" || hasCaptures(node.item)
    default:
      return false
  }
}

/** How many parts it has when all far counts are written out. */
function sizeOf(node: RegexNode, copies: number): number {
  switch (node.kind) {
    case "sequence":
      return node.items.reduce((sum, item) => sum + sizeOf(item, copies), 1)
    case "choice":
      return node.options.reduce((sum, option) => sum + sizeOf(option, copies), 1)
    case "capture":
    case "look":
    case "atomic":
      return sizeOf(node.item, copies) + 1
    case "repeat":
      return isWritable(node, copies)
        ? (sizeOf(node.item, copies) + 1) * copiesOf({ ...node, min: node.min + 1 })
        : sizeOf(node.item, copies * copiesOf(node)) + 1
    default:
      return 1
  }
}

/** A linear pattern that matches wherever the given one does, and maybe elsewhere: where it doesn't match, neither does the given one. */
export function linearSuperset(node: RegexNode, copies = 1): RegexNode {
  switch (node.kind) {
    case "look":
      return nothing
    case "backreference":
      return {
        kind: "repeat",
        item: { kind: "bytes", set: everyByte },
        min: 0,
        max: Number.POSITIVE_INFINITY,
        style: "greedy",
      }
    case "sequence":
      return { ...node, items: node.items.map((item) => linearSuperset(item, copies)) }
    case "choice":
      return { ...node, options: node.options.map((option) => linearSuperset(option, copies)) }
    case "atomic":
    case "capture":
      return linearSuperset(node.item, copies)
    case "repeat": {
      const style = node.style === "possessive" ? "greedy" : node.style
      return fits(node, copies)
        ? { ...node, style, item: linearSuperset(node.item, copies * copiesOf(node)) }
        : {
            ...node,
            style,
            item: linearSuperset(node.item, copies),
            min: Math.min(node.min, 1),
            max: Number.POSITIVE_INFINITY,
          }
    }
    case "assert":
      return looksAround(node) ? nothing : node
    case "bytes":
      return node
  }
}

/** These ends of lines are written as a look around in JavaScript, whose own know other line ends too. */
function looksAround({ what }: RegexNode & { readonly kind: "assert" }): boolean {
  return what === "line-start" || what === "line-end" || what === "end-or-last-newline"
}

type Repeat = RegexNode & { readonly kind: "repeat" }

function copiesOf({ min, max }: Repeat): number {
  return max === Number.POSITIVE_INFINITY ? Math.max(min, 1) : max
}

function fits(node: Repeat, copies: number): boolean {
  return node.min <= mostCopies && copies * copiesOf(node) <= mostCopies
}
