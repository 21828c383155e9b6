import { Mistake } from "./mistake.ts"

/** A line of a rule file with its arguments. Lines and columns count from 1. */
export interface Directive {
  readonly name: Word
  readonly args: readonly Word[]
}

export interface Place {
  readonly line: number
  readonly column: number
}

/** An argument without its quotes; `place` tells where one of its characters stands in the file. */
export interface Word {
  readonly text: string
  readonly place: (offset: number) => Place
}

export interface ReadDirectives {
  readonly directives: readonly Directive[]
  readonly mistakes: readonly (Place & { readonly mistake: Mistake })[]
}

/**
 * Splits a rule file into directives: `#` begins a comment line, a backslash at a line's end joins it with the next, words stand in
 * quotes or end at a blank. Inside of quotes only the quote itself is escaped; every other backslash belongs to the operator.
 */
export function readDirectives(text: string): ReadDirectives {
  const lines = lineTable(text)
  const directives: Directive[] = []
  const mistakes: (Place & { readonly mistake: Mistake })[] = []
  let at = 0
  while (at < text.length) {
    const words: Word[] = []
    let problem: Mistake | undefined
    // The words of one logical line.
    for (;;) {
      at = skipBlanks(text, at)
      if (at >= text.length || text.charCodeAt(at) === newline) break
      if (words.length === 0 && text.charAt(at) === "#") {
        at = endOfLine(text, at)
        break
      }
      const read = readWord(text, at)
      if (read.open) problem = new Mistake("SECLANG_SYNTAX", `the quote ${text.charAt(at)} is never closed`)
      if (problem !== undefined) mistakes.push({ ...lines(at), mistake: problem })
      words.push({ text: read.text, place: (offset) => lines(sourceOffset(read.joints, offset)) })
      at = read.end
      if (problem !== undefined) break
    }
    const [name, ...args] = words
    if (name !== undefined && problem === undefined) directives.push({ name, args })
    at++
  }
  return { directives, mistakes }
}

const newline = 10

/** Where text and source run apart: from `text` on, characters stand at `source`. */
interface Joint {
  readonly text: number
  readonly source: number
}

interface ReadWord {
  readonly text: string
  readonly joints: readonly Joint[]
  readonly end: number
  readonly open: boolean
}

function readWord(text: string, start: number): ReadWord {
  const quote = text.charAt(start)
  const quoted = quote === '"' || quote === "'"
  let from = quoted ? start + 1 : start
  let at = from
  let word = ""
  const joints: Joint[] = [{ text: 0, source: from }]
  const skip = (characters: number) => {
    word += text.slice(from, at)
    at += characters
    from = at
    joints.push({ text: word.length, source: from })
  }
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === "\\") {
      const joined = continuationAt(text, at)
      if (joined > 0) {
        skip(joined)
        continue
      }
      if (quoted && text.charAt(at + 1) === quote) skip(1)
      else if (quoted && text.charAt(at + 1) === "\\") at++
      at++
      continue
    }
    if (quoted ? character === quote : /\s/.test(character)) break
    // A quote left open would swallow the rest of the file.
    if (character === "\n") return { text: word + text.slice(from, at), joints, end: at, open: true }
    at++
  }
  const open = quoted && at >= text.length
  return { text: word + text.slice(from, at), joints, end: quoted ? at + 1 : at, open }
}

/** The length of a backslash with the line's end behind it; 0 for any other. */
function continuationAt(text: string, at: number): number {
  if (text.charCodeAt(at + 1) === newline) return 2
  return text.charAt(at + 1) === "\r" && text.charCodeAt(at + 2) === newline ? 3 : 0
}

function skipBlanks(text: string, start: number): number {
  let at = start
  for (;;) {
    const character = text.charAt(at)
    if (character === " " || character === "\t" || character === "\r") at++
    else if (character === "\\" && continuationAt(text, at) > 0) at += continuationAt(text, at)
    else return at
  }
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start)
  return end < 0 ? text.length : end
}

function sourceOffset(joints: readonly Joint[], offset: number): number {
  let last: Joint = { text: 0, source: 0 }
  for (const joint of joints) {
    if (joint.text > offset) break
    last = joint
  }
  return last.source + offset - last.text
}

/** Offset → line and column. */
function lineTable(text: string): (offset: number) => Place {
  const starts = [0]
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
