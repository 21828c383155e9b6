import { readComparison } from "./comparison.ts"
import { broken, type Expression } from "./expression.ts"
import { limits } from "./limits.ts"
import type { Report } from "./problem.ts"
import type { Token } from "./token.ts"
import { createTokens, isSymbol, isWord, shown, type Tokens } from "./tokens.ts"

/**
 * `not` binds closest, then `and`, then `or`. Reads on behind a mistake, so that all are told at once; what could not be read is
 * `broken` in the result.
 */
export function parse(tokens: readonly Token[], report: Report): Expression {
  const parser = createParser(createTokens(tokens), report)
  return parser.whole()
}

function createParser(tokens: Tokens, report: Report) {
  let depth = 0
  let tooDeep = false

  const whole = (): Expression => {
    if (tokens.peek().kind === "end") {
      report(tokens.peek(), {
        code: "FILTER_SYNTAX",
        message: 'the filter is empty; write a comparison such as event_type = "audit"',
      })
      return broken
    }
    const parts = [either()]
    // Only a closing parenthesis stops before the end.
    while (tokens.peek().kind !== "end") {
      report(tokens.next(), { code: "FILTER_SYNTAX", message: 'there is no "(" for this ")"' })
      const token = tokens.peek()
      if (isWord(token, "and") || isWord(token, "or")) tokens.next()
      if (token.kind !== "end" && !isSymbol(token, ")")) parts.push(either())
    }
    return joined("and", parts)
  }

  const either = (): Expression => {
    const parts = [all()]
    while (isWord(tokens.peek(), "or")) {
      tokens.next()
      parts.push(all())
    }
    return joined("or", parts)
  }

  const all = (): Expression => {
    const parts = [one()]
    for (;;) {
      const token = tokens.peek()
      if (isWord(token, "and")) tokens.next()
      else if (token.kind === "end" || isWord(token, "or") || isSymbol(token, ")")) return joined("and", parts)
      else report(token, { code: "FILTER_SYNTAX", message: `expected "and", "or" or the end, not ${shown(token)}` })
      parts.push(one())
    }
  }

  const one = (): Expression => {
    const token = tokens.peek()
    if (!isWord(token, "not") && !isSymbol(token, "(")) return readComparison(tokens, report)
    tokens.next()
    if (depth >= limits.depth) {
      report(token, {
        code: "FILTER_TOO_LARGE",
        message: `more than ${limits.depth} parentheses and "not" stand inside each other`,
      })
      tooDeep = true
      tokens.skipToEnd()
      return broken
    }
    depth++
    const inner = isWord(token, "not") ? negated(one()) : inParentheses(token)
    depth--
    return inner
  }

  const inParentheses = (opening: Token): Expression => {
    const inner = either()
    if (isSymbol(tokens.peek(), ")")) tokens.next()
    else if (!tooDeep) report(opening, { code: "FILTER_SYNTAX", message: 'there is no ")" for this "("' })
    return inner
  }

  return { whole }
}

const negated = (part: Expression): Expression => ({ kind: "not", part })

function joined(kind: "and" | "or", parts: readonly Expression[]): Expression {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]))
  const [first = broken] = flat
  return flat.length === 1 ? first : { kind, parts: flat }
}
