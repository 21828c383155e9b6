import { type NodeRef, nodeInWords, printableText } from "../core/index.ts"

// Longer ones say no more to a person, and every format has its own limit behind these.
const [maxTitle, maxText, maxValue] = [200, 1500, 300]
const maxNodes = 5

const cut = (most: number) => (text: string) => {
  const shown = printableText(text)
  // Not between the halves of a surrogate pair.
  return shown.length <= most ? shown : `${shown.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`
}

/** What attackers may have written, on one line and of bounded length. */
export const shownTitle = cut(maxTitle)
export const shownText = cut(maxText)
export const shownValue = cut(maxValue)

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

export function nodesInWords(nodes: readonly NodeRef[]): string {
  const named = nodes.slice(0, maxNodes).map((node) => nodeInWords(node))
  const more = nodes.length - named.length
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ")
}

/** `2026-11-21 10:30:00 UTC`. */
export function timeInWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`
}
