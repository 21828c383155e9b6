import type { OperatorName } from "./expression.ts"
import { nearest } from "./nearest.ts"
import { mistake, type Reading, take } from "./reading.ts"
import type { Token } from "./token.ts"
import { isWord, shown } from "./tokens.ts"

const signs: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">="] satisfies readonly OperatorName[])
const words: ReadonlySet<string> = new Set([
  "in",
  "like",
  "starts_with",
  "ends_with",
  "contains",
  "matches",
  "exists",
] satisfies readonly OperatorName[])
const keywords: ReadonlySet<string> = new Set([...words, "and", "or", "not", "true", "false"])

/** Words of other languages for what is written otherwise here. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["is", "="],
  ["eq", "="],
  ["equals", "="],
  ["ne", "!="],
  ["lt", "<"],
  ["le", "<="],
  ["gt", ">"],
  ["ge", ">="],
  ["startswith", "starts_with"],
  ["begins_with", "starts_with"],
  ["endswith", "ends_with"],
  ["includes", "contains"],
  ["regex", "matches"],
  ["regexp", "matches"],
  ["rlike", "matches"],
  ["ilike", "like"],
  ["glob", "like"],
  ["pmatch", "starts_with"],
])

/** True for a word that is no field's name. */
export const isKeyword = (token: Token): boolean => token.kind === "word" && keywords.has(token.text.toLowerCase())

/** Reads an operator, with `not` before it or not. */
export function readOperator(reading: Reading): { readonly name: OperatorName; readonly negated: boolean } | undefined {
  const { tokens } = reading
  const negated = isWord(tokens.peek(), "not")
  if (negated) take(reading)
  const token = tokens.peek()
  const text = token.kind === "symbol" || token.kind === "word" ? token.text.toLowerCase() : ""
  const known = words.has(text) || (!negated && (text === "!=" || signs.has(text)))
  if (known) take(reading)
  // The cast holds: both sets are of names of operators.
  if (known) return text === "!=" ? { name: "=", negated: true } : { name: text as OperatorName, negated }
  return negated
    ? mistake(
        reading,
        token,
        `behind "not" stands in, like, contains or another operator in letters, not ${shown(token)}`,
      )
    : unknown(reading, token)
}

function unknown(reading: Reading, token: Token): undefined {
  if (token.kind !== "word" && token.kind !== "bare")
    return mistake(reading, token, `expected an operator such as = or like, not ${shown(token)}`)
  const meant = foreign.get(token.text.toLowerCase()) ?? nearest(token.text, words)
  reading.report(token, {
    code: "FILTER_UNKNOWN_OPERATOR",
    message: `${shown(token)} is no operator`,
    suggestion: meant === undefined ? undefined : `"${meant}"`,
  })
  return undefined
}
