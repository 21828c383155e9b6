import { Mistake } from "./mistake.ts"

/** One part of a rule's list of variables, as written: `ARGS`, `&TX:x`, `!ARGS:/^page/`, `XML:/*`. */
export interface WrittenTarget {
  readonly variable: string
  readonly mark: "" | "!" | "&"
  readonly selector: Selector | null
  readonly text: string
  readonly offset: number
}

export type Selector =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "regex"; readonly source: string; readonly offset: number }

/** Reads `A|B:member|!C:/regex/|&D`. */
export function readTargetList(text: string): readonly WrittenTarget[] {
  const targets: WrittenTarget[] = []
  let at = 0
  while (at <= text.length) {
    const read = readTarget(text, at)
    targets.push(read.target)
    at = read.end + 1
  }
  return targets
}

function readTarget(text: string, start: number): { readonly target: WrittenTarget; readonly end: number } {
  const [head = "", mark = "", name = ""] = /^\s*([!&]?)\s*([A-Za-z_0-9]*)/.exec(text.slice(start)) ?? []
  const nameEnd = start + head.length
  const offset = nameEnd - name.length
  if (name === "") throw new Mistake("SECLANG_VARIABLE", "a variable is missing here", offset)
  const variable = name.toUpperCase()
  const selected = text.charAt(nameEnd) === ":" ? readSelector(text, nameEnd + 1, variable) : null
  const end = selected?.end ?? nameEnd
  const rest = /^\s*/.exec(text.slice(end))?.[0].length ?? 0
  if (end + rest < text.length && !/[|,]/.test(text.charAt(end + rest)))
    throw new Mistake("SECLANG_VARIABLE", `"|" is missing before "${text.slice(end, end + 20)}"`, end)
  // The cast holds: the expression above captures nothing else.
  const target = { variable, mark: mark as "" | "!" | "&", selector: selected?.selector ?? null, offset }
  return { target: { ...target, text: text.slice(start, end).trim() }, end: end + rest }
}

function readSelector(
  text: string,
  start: number,
  variable: string,
): { readonly selector: Selector; readonly end: number } {
  const quoted = text.charAt(start) === "'"
  const from = quoted ? start + 1 : start
  // In XML a path is written where others have a regular expression.
  if (text.charAt(from) === "/" && variable !== "XML") {
    const close = closingSlash(text, from + 1)
    const end = quoted ? close + 2 : close + 1
    if (quoted && text.charAt(close + 1) !== "'")
      throw new Mistake("SECLANG_SYNTAX", "the quote is never closed", start)
    const source = text.slice(from + 1, close).replaceAll("\\/", "/")
    return { selector: { kind: "regex", source, offset: from + 1 }, end }
  }
  const stop = quoted ? text.indexOf("'", from) : from + text.slice(from).search(/[|,]|$/)
  if (stop < 0) throw new Mistake("SECLANG_SYNTAX", "the quote is never closed", start)
  const key = text.slice(from, stop).trim()
  if (key === "") throw new Mistake("SECLANG_VARIABLE", "the name of a member is missing behind the colon", start)
  return { selector: { kind: "key", key }, end: quoted ? stop + 1 : stop }
}

function closingSlash(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text.charAt(at) === "\\") at++
    else if (text.charAt(at) === "/") return at
  }
  throw new Mistake("SECLANG_SYNTAX", "the regular expression is never closed by a slash", start)
}
