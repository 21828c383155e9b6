/** A directive of a rule file with its arguments, each with the place where it began. Lines and columns count from 1. */
export interface Directive {
  readonly name: string
  readonly args: readonly Word[]
  readonly line: number
}

export interface Word {
  readonly text: string
  readonly line: number
  readonly column: number
}

/** Splits a rule file as Apache's configuration is split: a backslash at a line's end joins it with the next, `#` begins a comment line. */
export function readDirectives(text: string): readonly Directive[] {
  const directives: Directive[] = []
  const lines = text.split("\n")
  for (let index = 0; index < lines.length; index++) {
    const first = index
    const joined: string[] = []
    let line = (lines[index] ?? "").replace(/\r$/, "")
    if (/^\s*#/.test(line)) continue
    while (line.endsWith("\\") && index + 1 < lines.length) {
      joined.push(line.slice(0, -1))
      index++
      line = (lines[index] ?? "").replace(/\r$/, "")
    }
    joined.push(line)
    const words = readWords(joined, first + 1)
    const [name, ...args] = words
    if (name !== undefined) directives.push({ name: name.text, args, line: name.line })
  }
  return directives
}

function readWords(lines: readonly string[], firstLine: number): readonly Word[] {
  const text = lines.join("")
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++
      continue
    }
    const place = placeOf(lines, firstLine, at)
    const quote = text.charAt(at)
    const [word, end] = quote === '"' || quote === "'" ? readQuoted(text, at + 1, quote) : readBare(text, at)
    words.push({ text: word, ...place })
    at = end
  }
  return words
}

function readQuoted(text: string, start: number, quote: string): readonly [string, number] {
  let word = ""
  let at = start
  while (at < text.length && text.charAt(at) !== quote) {
    // Only the quote itself is escaped; every other backslash belongs to the operator.
    if (text.charAt(at) === "\\" && text.charAt(at + 1) === quote) at++
    word += text.charAt(at++)
  }
  return [word, at + 1]
}

function readBare(text: string, start: number): readonly [string, number] {
  const length = /^\S+/.exec(text.slice(start))?.[0].length ?? 1
  return [text.slice(start, start + length), start + length]
}

function placeOf(lines: readonly string[], firstLine: number, offset: number): { line: number; column: number } {
  let left = offset
  for (const [index, line] of lines.entries()) {
    if (left < line.length) return { line: firstLine + index, column: left + 1 }
    left -= line.length
  }
  return { line: firstLine, column: 1 }
}
