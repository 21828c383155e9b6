import type { Latin1 } from "../../../../core/index.ts"
import { isBlank } from "./blank.ts"
import { kindOfWord } from "./lookup.ts"
import { readNumber } from "./numbers.ts"
import { type Read, readDollarString, readQuotedString, readString } from "./strings.ts"
import { kind, maxTokenLength, type Token, token } from "./token.ts"

/** How an input is looked at: inside of which quote it may land, and how the database reads comments. */
export interface Context {
  readonly quote: "" | "'" | '"'
  readonly dialect: "ansi" | "mysql"
}

export interface Tokenizer {
  next(): Token | undefined
  /** Tokens so far. */
  count(): number
  /** True when something was read that MySQL reads in another way: `#`, or `--` with no blank behind. */
  isAmbiguous(): boolean
}

type Reader = (text: Latin1, at: number, state: State) => Read

interface State {
  readonly dialect: Context["dialect"]
  ambiguous: boolean
}

export function createTokenizer(text: Latin1, { quote, dialect }: Context): Tokenizer {
  const state: State = { dialect, ambiguous: false }
  let at = 0
  let count = 0
  const read = (): Read => {
    if (at === 0 && quote !== "") return readString(text, 0, quote, "")
    return (readers[text.charCodeAt(at)] ?? readWord)(text, at, state)
  }
  return {
    next: () => {
      while (at < text.length) {
        const { token: found, end } = read()
        at = end
        if (found === undefined) continue
        count++
        return found
      }
      return undefined
    },
    count: () => count,
    isAmbiguous: () => state.ambiguous,
  }
}

const skip: Reader = (_, at) => ({ token: undefined, end: at + 1 })
const one =
  (of: string): Reader =>
  (text, at) => ({ token: token(of, text.charAt(at)), end: at + 1 })
const itself: Reader = (text, at) => ({ token: token(text.charAt(at), text.charAt(at)), end: at + 1 })
const operator = one(kind.operator)

const toLineEnd: Reader = (text, at) => {
  const end = text.indexOf("\n", at)
  return end < 0
    ? { token: token(kind.comment, text.slice(at)), end: text.length }
    : { token: token(kind.comment, text.slice(at, end)), end: end + 1 }
}

const hash: Reader = (text, at, state) => {
  state.ambiguous = true
  return state.dialect === "mysql" ? toLineEnd(text, at, state) : operator(text, at, state)
}

const dash: Reader = (text, at, state) => {
  if (text[at + 1] !== "-") return operator(text, at, state)
  const next = text[at + 2]
  if (next === undefined || isBlank(next)) return toLineEnd(text, at, state)
  if (state.dialect === "mysql") return operator(text, at, state)
  state.ambiguous = true
  return toLineEnd(text, at, state)
}

/** Comments that hold others, which databases read in different ways, and those that MySQL runs, are a sign by themselves. */
const slash: Reader = (text, at, state) => {
  if (text[at + 1] !== "*") return operator(text, at, state)
  const end = text.indexOf("*/", at + 2)
  const comment = text.slice(at, end < 0 ? text.length : end + 2)
  const nests = end >= 0 && text.slice(at + 2, end + 1).includes("/*")
  return { token: token(nests || text[at + 2] === "!" ? kind.evil : kind.comment, comment), end: at + comment.length }
}

/** `\N` is another name of NULL in MySQL. */
const backslash: Reader = (text, at) =>
  text[at + 1] === "N"
    ? { token: token(kind.number, "\\N"), end: at + 2 }
    : { token: token(kind.backslash, "\\"), end: at + 1 }

const doubleOperator: Reader = (text, at, state) => {
  if (text.startsWith("<=>", at)) return { token: token(kind.operator, "<=>"), end: at + 3 }
  const pair = text.slice(at, at + 2)
  const known = pair.length === 2 ? kindOfWord(pair) : undefined
  if (known !== undefined) return { token: token(known, pair), end: at + 2 }
  return pair.length === 2 && pair.startsWith(":") ? one(kind.colon)(text, at, state) : operator(text, at, state)
}

const quoted: Reader = (text, at) => readString(text, at + 1, text.charAt(at))

/** What MySQL puts in backticks is a word, whatever it says, or a function. */
const tick: Reader = (text, at) => {
  const { token: found, end } = readString(text, at + 1, "`")
  if (found !== undefined) found.kind = kindOfWord(found.value) === kind.function ? kind.function : kind.word
  return { token: found, end }
}

const inWord = /[^ [\]{}<>:\\?=@!#~+\-*/&|^%(),';\t\n\v\f\r"\xa0\0]*/y

function readWord(text: Latin1, at: number): Read {
  inWord.lastIndex = at
  const word = inWord.exec(text)?.[0] ?? ""
  const found = token(kind.word, word)
  for (let index = 0; index < found.value.length; index++) {
    const character = found.value[index]
    if (character !== "." && character !== "`") continue
    // `SELECT.1` and SELECT`column` begin with a word of SQL.
    const known = kindOfWord(found.value.slice(0, index))
    if (known !== undefined && known !== kind.word)
      return { token: token(known, found.value.slice(0, index)), end: at + index }
  }
  if (word.length <= maxTokenLength) found.kind = kindOfWord(word) ?? kind.word
  return { token: found, end: at + Math.max(1, word.length) }
}

const escapeString: Reader = (text, at) =>
  text[at + 1] === "'" && at + 2 < text.length ? readString(text, at + 2, "'") : readWord(text, at)

const nationalString: Reader = (text, at, state) =>
  text[at + 1] === "'" && at + 2 < text.length
    ? escapeString(text, at, state)
    : (readQuotedString(text, at + 1) ?? readWord(text, at))

const oracleString: Reader = (text, at) => readQuotedString(text, at) ?? readWord(text, at)

const unicodeString: Reader = (text, at) => {
  if (!text.startsWith("&'", at + 1)) return readWord(text, at)
  const { token: found, end } = readString(text, at + 3, "'", "u")
  if (found !== undefined && found.close === "'") found.close = "u"
  return { token: found, end }
}

const literal =
  (pattern: RegExp): Reader =>
  (text, at) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    return found === undefined ? readWord(text, at) : { token: token(kind.number, found), end: at + found.length }
  }

/** SQL Server's `[name]`. */
const bracket: Reader = (text, at) => {
  const end = text.indexOf("]", at)
  return {
    token: token(kind.word, text.slice(at, end < 0 ? text.length : end + 1)),
    end: end < 0 ? text.length : end + 1,
  }
}

const inVariable = /[^ <>:\\?=@!#~+\-*/&|^%(),';\t\n\v\f\r'`"\0]*/y

const variable: Reader = (text, at, state) => {
  const count = text[at + 1] === "@" ? 2 : 1
  const start = at + count
  const first = text[start]
  if (first === "`" || first === "'" || first === '"') {
    const read = first === "`" ? tick(text, start, state) : quoted(text, start, state)
    if (read.token !== undefined) Object.assign(read.token, { kind: kind.variable, count })
    return read
  }
  inVariable.lastIndex = start
  const name = inVariable.exec(text)?.[0] ?? ""
  return { token: { ...token(kind.variable, name), count }, end: start + name.length }
}

const amount = /\$[0-9.,]+/y

const money: Reader = (text, at) => {
  amount.lastIndex = at
  const found = amount.exec(text)?.[0]
  if (found === "$.") return readWord(text, at)
  if (found !== undefined) return { token: token(kind.number, found), end: at + found.length }
  return readDollarString(text, at)
}

const readers: readonly Reader[] = readersByByte([
  ["'\"", quoted],
  ["#", hash],
  ["$", money],
  ["%^+~", operator],
  ["!&*:<=>|", doubleOperator],
  ["(),;{}", itself],
  ["-", dash],
  ["/", slash],
  [".0123456789", readNumber],
  ["?]", one(kind.unknown)],
  ["@", variable],
  ["bB", literal(/[bB]'[01]*'/y)],
  ["xX", literal(/[xX]'[0-9A-Fa-f]*'/y)],
  ["eE", escapeString],
  ["nN", nationalString],
  ["qQ", oracleString],
  ["uU", unicodeString],
  ["[", bracket],
  ["\\", backslash],
  ["`", tick],
])

function readersByByte(table: readonly (readonly [characters: string, reader: Reader])[]): readonly Reader[] {
  const byByte = Array.from(
    { length: 256 },
    (_, byte): Reader => (byte <= 32 || byte === 127 || byte === 160 ? skip : readWord),
  )
  for (const [characters, reader] of table) for (const character of characters) byByte[character.charCodeAt(0)] = reader
  return byByte
}
