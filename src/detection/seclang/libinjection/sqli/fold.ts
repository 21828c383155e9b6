import { kindOfWord } from "./lookup.ts"
import { isArithmetic, isUnary, isWord, kind, maxTokenLength, type Token, token } from "./token.ts"
import type { Tokenizer } from "./tokenizer.ts"

/** So many tokens make a fingerprint; one more helps to understand the last. */
export const maxTokens = 5

/** What is being folded: tokens up to `size`, of which those before `left` are done. */
interface Folding {
  readonly tokens: Token[]
  size: number
  left: number
  more: boolean
  lastComment: Token | undefined
}

/**
 * Reads tokens and drops what does not change the shape of a query: comments, signs before numbers, parentheses, arithmetic, the rest
 * of a list. At most five are left.
 */
export function fold(tokenizer: Tokenizer): readonly Token[] {
  const first = firstToken(tokenizer)
  if (first === undefined) return []
  const folding: Folding = { tokens: [first], size: 1, left: 0, more: true, lastComment: undefined }
  for (;;) {
    if (folding.size >= maxTokens) startAnew(folding)
    if (!folding.more || folding.left >= maxTokens) break
    if (!fill(folding, 2, tokenizer)) continue
    const two = foldTwo(folding)
    if (two === "evil") return folding.tokens.slice(0, folding.left + 2)
    if (two === "again" || !fill(folding, 3, tokenizer)) continue
    if (!foldThree(folding)) folding.left++
  }
  const { tokens, size, lastComment } = folding
  const left = tokens.slice(0, size)
  return (size < maxTokens && lastComment !== undefined ? [...left, lastComment] : left).slice(0, maxTokens)
}

/** The first that is no comment, parenthesis, type or sign. */
function firstToken(tokenizer: Tokenizer): Token | undefined {
  for (let next = tokenizer.next(); next !== undefined; next = tokenizer.next())
    if (next.kind !== kind.comment && next.kind !== kind.open && next.kind !== kind.type && !isUnary(next)) return next
  return undefined
}

// Five tokens that say no more than their beginning: `1+(2)`, `a=(b)`, `1),(2`, `a)+(b`.
const foldable = /^(?:1[o,]\(1\)|no\([n1]\)|1\),\(1|n\)o\(n)/

function startAnew(folding: Folding): void {
  if (!foldable.test(kindsOf(folding.tokens))) return
  const [, , , , , sixth] = folding.tokens
  if (folding.size > maxTokens && sixth !== undefined) folding.tokens[1] = sixth
  folding.size = folding.size > maxTokens ? 2 : 1
  folding.left = 0
}

export const kindsOf = (tokens: readonly Token[]) => tokens.map((one) => one.kind).join("")

/** Reads on until there are so many tokens from the left; false when the input ends before (then all is done). */
function fill(folding: Folding, wanted: number, tokenizer: Tokenizer): boolean {
  while (folding.more && folding.size <= maxTokens && folding.size - folding.left < wanted) {
    const next = tokenizer.next()
    if (next === undefined) folding.more = false
    else if (next.kind === kind.comment) folding.lastComment = next
    else {
      folding.lastComment = undefined
      folding.tokens[folding.size++] = next
    }
  }
  if (folding.size - folding.left >= wanted) return true
  folding.left = folding.size
  return false
}

const functionsWithoutArguments = [
  "USER_ID",
  "USER_NAME",
  "DATABASE",
  "PASSWORD",
  "USER",
  "CURRENT_USER",
  "CURRENT_DATE",
  "CURRENT_TIME",
  "CURRENT_TIMESTAMP",
  "LOCALTIME",
  "LOCALTIMESTAMP",
]

/** Takes `dropped` tokens from the end and goes on from `left`. */
function drop(folding: Folding, dropped: number, left: number): "again" {
  folding.size -= dropped
  folding.left = left
  return "again"
}

function foldTwo(folding: Folding): "again" | "evil" | undefined {
  const { tokens, left } = folding
  const [a, b] = [tokens[left], tokens[left + 1]]
  if (a === undefined || b === undefined) return undefined
  const pair = a.kind + b.kind
  if (pair === "ss" || pair === ";;") return drop(folding, 1, left)
  if ((a.kind === kind.operator || a.kind === kind.logic) && (isUnary(b) || b.kind === kind.type))
    return drop(folding, 1, 0)
  if (a.kind === kind.open && isUnary(b)) return drop(folding, 1, Math.max(0, left - 1))
  const merged = mergedWords(a, b)
  if (merged !== undefined) {
    tokens[left] = merged
    return drop(folding, 1, Math.max(0, left - 1))
  }
  return renamed(a, b) ? "again" : foldPair(folding, a, b)
}

/** Tokens that turn out to be something else by what stands beside them. */
function renamed(a: Token, b: Token): boolean {
  if (a.kind === kind.semicolon && b.kind === kind.function && /^if/i.test(b.value)) {
    // A statement of its own in Transact-SQL.
    b.kind = kind.transact
    return true
  }
  if (
    (a.kind === kind.word || a.kind === kind.variable) &&
    b.kind === kind.open &&
    isWord(a, ...functionsWithoutArguments)
  ) {
    a.kind = kind.function
    return true
  }
  if (a.kind === kind.keyword && isWord(a, "IN", "NOT IN")) {
    a.kind = b.kind === kind.open ? kind.operator : kind.word
    return true
  }
  return false
}

function foldPair(folding: Folding, a: Token, b: Token): "again" | "evil" | undefined {
  const { tokens, left } = folding
  if (a.kind === kind.operator && isWord(a, "LIKE", "NOT LIKE")) {
    if (b.kind === kind.open) a.kind = kind.function
    return undefined
  }
  if (a.kind === kind.type && "n1t(fvs".includes(b.kind)) {
    tokens[left] = b
    return drop(folding, 1, 0)
  }
  if (a.kind === kind.collate && b.kind === kind.word) {
    // There are too many collations for a table; their names have an underscore.
    if (!b.value.includes("_")) return undefined
    b.kind = kind.type
    folding.left = 0
    return undefined
  }
  if (a.kind === kind.backslash) {
    if (isArithmetic(b)) {
      // `\%1` is `0 % 1` in Transact-SQL.
      a.kind = kind.number
      return drop(folding, 0, 0)
    }
    tokens[left] = b
    return drop(folding, 1, 0)
  }
  return foldBrackets(folding, a, b)
}

function foldBrackets(folding: Folding, a: Token, b: Token): "again" | "evil" | undefined {
  const pair = a.kind + b.kind
  if (pair === "((" || pair === "))") return drop(folding, 1, 0)
  if (pair === "{n") {
    if (b.value !== "") return drop(folding, 2, 0)
    // MySQL takes {``.``.id} for a column; nobody writes that.
    b.kind = kind.evil
    return "evil"
  }
  return b.kind === kind.closeBrace ? drop(folding, 1, 0) : undefined
}

const phraseKinds = "knoUfETt"

/** `UNION` and `ALL` are one phrase, as are others that the table of words has. */
function mergedWords(a: Token, b: Token): Token | undefined {
  if (!phraseKinds.includes(a.kind) || !(phraseKinds.includes(b.kind) || b.kind === kind.logic)) return undefined
  const phrase = `${a.value} ${b.value}`
  const known = phrase.length <= maxTokenLength ? kindOfWord(phrase) : undefined
  return known === undefined ? undefined : token(known, phrase)
}

/** True when something was folded. */
function foldThree(folding: Folding): boolean {
  const { tokens, left } = folding
  const [a, b, c] = [tokens[left], tokens[left + 1], tokens[left + 2]]
  if (a === undefined || b === undefined || c === undefined) return false
  if (dropsTwo(a, b, c)) {
    drop(folding, 2, 0)
    return true
  }
  const operand = isOperand(c)
  if (isUnary(b)) {
    const beforeGroup = "EB,".includes(a.kind) && c.kind === kind.open
    const afterKeyword = "kEB".includes(a.kind) && (operand || c.kind === kind.function)
    const functionInList = a.kind === kind.comma && c.kind === kind.function
    if (beforeGroup || afterKeyword || functionInList) return replaceSecond(folding, c, 1)
    // `1,-1` is `1,1`, and that is folded further from its beginning.
    if (a.kind === kind.comma && operand) return replaceSecond(folding, c, 3)
  }
  if (a.kind === kind.expression && b.kind === kind.dot && c.kind === kind.word) return replaceSecond(folding, c, 1)
  // USER has no arguments: with some it is a word.
  if (a.kind === kind.function && b.kind === kind.open && c.kind !== kind.close && isWord(a, "USER")) a.kind = kind.word
  return false
}

const isOperand = (of: Token) => "1nvs".includes(of.kind)

function replaceSecond(folding: Folding, by: Token, dropped: number): boolean {
  folding.tokens[folding.left + 1] = by
  drop(folding, dropped, 0)
  return true
}

function dropsTwo(a: Token, b: Token, c: Token): boolean {
  const all = a.kind + b.kind + c.kind
  if (a.kind === kind.operator && b.kind !== kind.open && c.kind === kind.operator) return true
  if (a.kind === kind.logic && c.kind === kind.logic) return true
  if (b.kind === kind.operator && b.value === "::" && isOperand(a) && c.kind === kind.type) return true
  return /^(?:1o1|vo[v1n]|[n1]o[1n]|[n1sv],[1nsv]|n\.n)$/.test(all)
}
