import { Mistake } from "../syntax/mistake.ts"
import { bytesOf, caseless, complement, everyByte, union } from "./byte-set.ts"
import { classEscape, posixClass, readCodeEscape } from "./escapes.ts"
import type { ParsedRegex, RegexNode } from "./node.ts"

// PCRE's own limit is 250; deeper ones would only come from a generator gone wrong.
const maxDepth = 250
// PCRE's own limit.
const maxRepeat = 65_535

export interface RegexFlags {
  readonly caseless: boolean
  readonly dotAll: boolean
  readonly multiLine: boolean
  readonly extended: boolean
}

/** As ModSecurity compiles `@rx`: the dot takes line ends too, `$` is the very end. */
export const ruleFlags: RegexFlags = { caseless: false, dotAll: true, multiLine: false, extended: false }

/** Reads a PCRE pattern over bytes; throws a Mistake (with its offset) for what is wrong, or what PCRE has and this does not. */
export function parseRegex(source: string, flags: RegexFlags = ruleFlags): ParsedRegex {
  return createReader(source, flags).read()
}

function createReader(source: string, initial: RegexFlags) {
  let at = 0
  let depth = 0
  let captures = 0
  const names = new Map<string, number>()
  const backreferences: { readonly index: number; readonly offset: number }[] = []

  const fail = (message: string, offset = at): never => {
    throw new Mistake("SECLANG_REGEX", message, offset)
  }
  const take = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false
    at += text.length
    return true
  }
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(source)
    if (found !== null) at += found[0].length
    return found
  }
  const bytes = (set: Uint8Array, flags: RegexFlags): RegexNode => ({
    kind: "bytes",
    set: flags.caseless ? caseless(set) : set,
  })

  const readChoice = (outer: RegexFlags): RegexNode => {
    if (++depth > maxDepth) fail(`groups are nested more than ${maxDepth} deep`)
    let flags = outer
    const options: RegexNode[] = []
    let items: RegexNode[] = []
    const close = () => {
      options.push(items.length === 1 && items[0] !== undefined ? items[0] : { kind: "sequence", items })
      items = []
    }
    while (at < source.length && source.charAt(at) !== ")") {
      if (take("|")) {
        close()
        continue
      }
      // `(?i)` holds until the end of the group that it stands in, through its alternatives.
      const inline = match(/\(\?([imsx]*)(?:-([imsx]*))?\)/y)
      if (inline !== null) {
        flags = switched(flags, inline[1] ?? "", inline[2] ?? "")
        continue
      }
      const atom = readAtom(flags)
      if (atom !== undefined) items.push(readRepeat(atom, flags))
    }
    close()
    depth--
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: "choice", options }
  }

  const readRepeat = (atom: RegexNode, flags: RegexFlags): RegexNode => {
    let item = atom
    for (;;) {
      if (flags.extended) match(/(?:\s|#[^\n]*)+/y)
      const offset = at
      const found = match(/([*+?]|\{\d+(?:,\d*)?\})([+?]?)/y)
      if (found === null) return item
      const [min, max] = boundsOf(found[1] ?? "")
      if (min > maxRepeat || (max > maxRepeat && max !== Number.POSITIVE_INFINITY))
        fail(`a repetition of more than ${maxRepeat}`, offset)
      if (max < min) fail(`a repetition with its bounds in the wrong order: ${found[0]}`, offset)
      const style = found[2] === "?" ? "lazy" : found[2] === "+" ? "possessive" : "greedy"
      item = { kind: "repeat", item, min, max, style }
    }
  }

  const readAtom = (flags: RegexFlags): RegexNode | undefined => {
    const offset = at
    const character = source.charAt(at)
    if (flags.extended && match(/(?:\s|#[^\n]*)+/y) !== null) return undefined
    if (match(/\(\?#[^)]*\)/y) !== null) return undefined
    if (match(/\((?!\?)/y) !== null) return readCapture(flags, undefined)
    if (character === "(") return readGroup(flags, offset)
    if (/[*+?]/.test(character)) return fail(`nothing to repeat before "${character}"`)
    if (character === "[") return readClass(flags)
    if (character === "\\") return readEscape(flags)
    at++
    if (character === ".") return bytes(flags.dotAll ? everyByte : complement(bytesOf(10)), flags)
    if (character === "^") return { kind: "assert", what: flags.multiLine ? "line-start" : "start" }
    if (character === "$") return { kind: "assert", what: flags.multiLine ? "line-end" : "end" }
    return bytes(bytesOf(codeOf(character)), flags)
  }

  const codeOf = (character: string): number => {
    const code = character.charCodeAt(0)
    return code < 256 ? code : fail("a character that is not a byte; rule files are read as bytes", at - 1)
  }

  const readCapture = (flags: RegexFlags, name: string | undefined): RegexNode => {
    const index = ++captures
    if (name !== undefined) {
      if (names.has(name)) fail(`two groups are called "${name}"`)
      names.set(name, index)
    }
    return { kind: "capture", index, item: closeGroup(readChoice(flags)) }
  }

  const closeGroup = (item: RegexNode): RegexNode => (take(")") ? item : fail('a ")" is missing', source.length))

  const readGroup = (flags: RegexFlags, offset: number): RegexNode => {
    const options = match(/\(\?([imsx]*)(?:-([imsx]*))?:/y)
    if (options !== null) return closeGroup(readChoice(switched(flags, options[1] ?? "", options[2] ?? "")))
    if (take("(?>")) return { kind: "atomic", item: closeGroup(readChoice(flags)) }
    const look = match(/\(\?(<?)([=!])/y)
    if (look !== null)
      return { kind: "look", ahead: look[1] === "", negated: look[2] === "!", item: closeGroup(readChoice(flags)) }
    const named = match(/\(\?(?:P?<([A-Za-z_]\w{0,31})>|'([A-Za-z_]\w{0,31})')/y)
    if (named !== null) return readCapture(flags, named[1] ?? named[2])
    const reference = match(/\(\?P=([A-Za-z_]\w{0,31})\)/y)
    if (reference !== null) return refer(names.get(reference[1] ?? "") ?? fail("no such group", offset), flags, offset)
    return fail(`"${source.slice(offset, offset + 4)}" is not supported`, offset)
  }

  const refer = (index: number, flags: RegexFlags, offset: number): RegexNode => {
    backreferences.push({ index, offset })
    return { kind: "backreference", index, caseless: flags.caseless }
  }

  const readEscape = (flags: RegexFlags): RegexNode | undefined => {
    const offset = at
    const quoted = match(/\\Q([\s\S]*?)(?:\\E|$)/y)
    if (quoted !== null)
      return {
        kind: "sequence",
        items: [...(quoted[1] ?? "")].map((character) => bytes(bytesOf(character.charCodeAt(0) & 0xff), flags)),
      }
    if (take("\\E")) return undefined
    const assertion = match(/\\([AzZbBG])/y)?.[1]
    if (assertion !== undefined) return assertionOf(assertion, offset)
    const reference = match(/\\(?:g?\{?([1-9]\d?)\}?|k[<{']([A-Za-z_]\w*)[>}'])/y)
    if (reference !== null) {
      const [, number, name] = reference
      return refer(
        number === undefined ? (names.get(name ?? "") ?? fail("no such group", offset)) : Number(number),
        flags,
        offset,
      )
    }
    const group = classEscape(source.charAt(at + 1))
    if (group !== undefined) {
      at += 2
      return bytes(group, flags)
    }
    return bytes(bytesOf(readCode()), flags)
  }

  const assertionOf = (letter: string, offset: number): RegexNode => {
    if (letter === "A") return { kind: "assert", what: "start" }
    if (letter === "z") return { kind: "assert", what: "end" }
    if (letter === "Z") return { kind: "assert", what: "end-or-last-newline" }
    if (letter === "G") return fail("\\G is not supported", offset)
    return { kind: "assert", what: letter === "b" ? "boundary" : "no-boundary" }
  }

  const readCode = (): number => {
    const read = readCodeEscape(source, at)
    at = read.end
    return read.code
  }

  const readClass = (flags: RegexFlags): RegexNode => {
    const start = at++
    const negated = take("^")
    const sets: Uint8Array[] = []
    const first = at
    while (at === first || source.charAt(at) !== "]") {
      if (at >= source.length) fail('a "]" is missing', start)
      const one = readMember()
      if (typeof one !== "number") {
        sets.push(one)
        continue
      }
      const offset = at
      if (source.charAt(at) !== "-" || source.charAt(at + 1) === "]" || at + 1 >= source.length) {
        sets.push(bytesOf(one))
        continue
      }
      at++
      const other = readMember()
      if (typeof other !== "number") sets.push(bytesOf(one, 45), other)
      else if (other < one) fail("a range with its ends in the wrong order", offset)
      else sets.push(bytesOf([one, other]))
    }
    at++
    const set = flags.caseless ? caseless(union(...sets)) : union(...sets)
    return { kind: "bytes", set: negated ? complement(set) : set }
  }

  const readMember = (): number | Uint8Array => {
    const posix = match(/\[:(\^?)(\w+):\]/y)
    if (posix !== null) {
      const set = posixClass(posix[2] ?? "") ?? fail(`there is no class [:${posix[2]}:]`, at - posix[0].length)
      return posix[1] === "^" ? complement(set) : set
    }
    if (source.charAt(at) !== "\\") return codeOf(source.charAt(at++))
    if (take("\\b")) return 8
    if (take("\\E")) return new Uint8Array(256)
    const group = classEscape(source.charAt(at + 1))
    if (group === undefined) return readCode()
    at += 2
    return group
  }

  return {
    read: (): ParsedRegex => {
      const root = readChoice(initial)
      if (at < source.length) fail('a ")" too many')
      for (const { index, offset } of backreferences) if (index > captures) fail(`there is no group ${index}`, offset)
      return { root, captures }
    },
  }
}

function switched(flags: RegexFlags, on: string, off: string): RegexFlags {
  const has = (letter: string, before: boolean) => (on.includes(letter) || before) && !off.includes(letter)
  return {
    caseless: has("i", flags.caseless),
    dotAll: has("s", flags.dotAll),
    multiLine: has("m", flags.multiLine),
    extended: has("x", flags.extended),
  }
}

function boundsOf(text: string): readonly [min: number, max: number] {
  if (text === "*") return [0, Number.POSITIVE_INFINITY]
  if (text === "+") return [1, Number.POSITIVE_INFINITY]
  if (text === "?") return [0, 1]
  const [, min = "0", comma, max = ""] = /^\{(\d+)(,?)(\d*)\}$/.exec(text) ?? []
  return [Number(min), comma === "" ? Number(min) : max === "" ? Number.POSITIVE_INFINITY : Number(max)]
}
