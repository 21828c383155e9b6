import type { RegexNode } from "./node.ts"

/** The number of bytes that a match has at least. */
export function minLengthOf(node: RegexNode): number {
  switch (node.kind) {
    case "bytes":
      return 1
    case "sequence":
      return node.items.reduce((sum, item) => sum + minLengthOf(item), 0)
    case "choice":
      return Math.min(...node.options.map(minLengthOf))
    case "capture":
    case "atomic":
      return minLengthOf(node.item)
    case "repeat":
      return node.min * minLengthOf(node.item)
    case "assert":
    case "look":
    case "backreference":
      return 0
  }
}
