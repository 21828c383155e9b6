import { Mistake } from "./mistake.ts"

/** One action of a rule's list, as written; `offset` and `valueOffset` count from the list's beginning. */
export interface WrittenAction {
  readonly name: string
  readonly value: string
  readonly offset: number
  readonly valueOffset: number
}

/** Reads `id:1,phase:2,msg:'It, too',t:none`; a value in single quotes may hold commas and `\'`. */
export function readActionList(text: string): readonly WrittenAction[] {
  const actions: WrittenAction[] = []
  let at = 0
  while (at < text.length) {
    at = skipBlanks(text, at)
    if (text.charAt(at) === ",") {
      at++
      continue
    }
    if (at >= text.length) break
    const offset = at
    while (at < text.length && !/[:,\s]/.test(text.charAt(at))) at++
    const name = text.slice(offset, at)
    at = skipBlanks(text, at)
    if (text.charAt(at) !== ":") {
      actions.push({ name, value: "", offset, valueOffset: at })
      at = expectComma(text, at)
      continue
    }
    const read = readValue(text, skipBlanks(text, at + 1))
    actions.push({ name, value: read.value, offset, valueOffset: read.start })
    at = expectComma(text, read.end)
  }
  return actions
}

function readValue(
  text: string,
  start: number,
): { readonly value: string; readonly start: number; readonly end: number } {
  if (text.charAt(start) !== "'") {
    const comma = text.indexOf(",", start)
    const end = comma < 0 ? text.length : comma
    return { value: text.slice(start, end).trimEnd(), start, end }
  }
  let value = ""
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === "\\" && text.charAt(at + 1) === "'") value += text.charAt(++at)
    else if (character === "'") return { value, start: start + 1, end: at + 1 }
    else value += character
  }
  throw new Mistake("SECLANG_SYNTAX", "the single quote is never closed", start)
}

function expectComma(text: string, start: number): number {
  const at = skipBlanks(text, start)
  if (at < text.length && text.charAt(at) !== ",")
    throw new Mistake("SECLANG_SYNTAX", `a comma is missing before "${text.slice(at, at + 20)}"`, at)
  return at
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (/\s/.test(text.charAt(at))) at++
  return at
}
