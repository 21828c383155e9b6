/** Where something stands in a JSON text, for errors: a line and a column, from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Where the value at this path begins; the nearest thing around it, where it is missing. */
export function placeOfPath(text: string, path: readonly PropertyKey[]): Place {
  let at = skipBlank(text, 0)
  for (const key of path) {
    const next = childOf(text, at, key)
    if (next === undefined) break
    at = next
  }
  return placeOf(text, at)
}

/** Where a text that is no JSON stops to be so. */
export function placeOfMistake(text: string): Place {
  try {
    return placeOf(text, skipBlank(text, skipValue(text, 0)))
  } catch (thrown) {
    if (thrown instanceof Broken) return placeOf(text, thrown.offset)
    throw thrown
  }
}

class Broken extends Error {
  readonly offset: number
  constructor(offset: number) {
    super("no JSON")
    this.offset = offset
  }
}

// Deeper than any report; what nests further is told where it goes too far.
const maxDepth = 10_000

/** The end of the value that begins here. Without recursion: what nests deeply must not fill the stack. */
function skipValue(text: string, from: number): number {
  const open: ("}" | "]")[] = []
  for (let at = skipBlank(text, from); ; at = skipBlank(text, at)) {
    const first = text.charAt(at)
    if (first === "{" || first === "[") {
      if (open.length >= maxDepth) throw new Broken(at)
      open.push(first === "{" ? "}" : "]")
      at = skipBlank(text, at + 1)
      if (text.charAt(at) !== open.at(-1)) {
        if (first === "{") at = skipKey(text, at)
        continue
      }
    } else at = skipScalar(text, at)
    const next = afterValue(text, at, open)
    if (open.length === 0) return next
    at = next
  }
}

/** Closes what ends here, and goes on to where the next value begins. */
function afterValue(text: string, from: number, open: ("}" | "]")[]): number {
  let at = from
  while (open.length > 0) {
    at = skipBlank(text, at)
    const found = text.charAt(at)
    if (found === open.at(-1)) open.pop()
    else if (found === ",") return open.at(-1) === "}" ? skipKey(text, at + 1) : at + 1
    else throw new Broken(at)
    at++
  }
  return at
}

function skipKey(text: string, from: number): number {
  const end = skipBlank(text, skipString(text, skipBlank(text, from)))
  if (text.charAt(end) !== ":") throw new Broken(end)
  return end + 1
}

function skipScalar(text: string, at: number): number {
  if (text.charAt(at) === '"') return skipString(text, at)
  const scalar = /(?:true|false|null|-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,10})?)/y
  scalar.lastIndex = at
  if (!scalar.test(text)) throw new Broken(at)
  return scalar.lastIndex
}

function skipString(text: string, at: number): number {
  if (text.charAt(at) !== '"') throw new Broken(at)
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charAt(end - 1 - backslashes) === "\\") backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
  throw new Broken(text.length)
}

function childOf(text: string, from: number, wanted: PropertyKey): number | undefined {
  const isObject = text.charAt(from) === "{"
  if (!isObject && text.charAt(from) !== "[") return undefined
  let at = skipBlank(text, from + 1)
  for (let index = 0; at < text.length && !"}]".includes(text.charAt(at)); index++) {
    const start = isObject ? skipBlank(text, skipKey(text, at)) : at
    const key: unknown = isObject ? JSON.parse(text.slice(at, skipString(text, at))) : index
    if (key === wanted) return start
    at = skipBlank(text, skipValue(text, start))
    if (text.charAt(at) === ",") at = skipBlank(text, at + 1)
  }
  return undefined
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && " \n\r\t".includes(text.charAt(at))) at++
  return at
}

function placeOf(text: string, offset: number): Place {
  let [line, start] = [1, 0]
  for (let end = text.indexOf("\n"); end >= 0 && end < offset; end = text.indexOf("\n", end + 1)) {
    line++
    start = end + 1
  }
  return { line, column: offset - start + 1 }
}
