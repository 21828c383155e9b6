import type { Token } from "./token.ts"

/** Tokens, one after the other; at the end stands `end`, again and again. */
export interface Tokens {
  peek(): Token
  next(): Token
  /** To the next `and`, `or` or closing parenthesis that is not inside parentheses of its own; `opened` of them are open already. */
  skipComparison(opened: number): void
  skipToEnd(): void
}

export function createTokens(tokens: readonly Token[]): Tokens {
  let at = 0
  const end: Token = tokens.at(-1) ?? { kind: "end", at: 0, end: 0 }
  const peek = () => tokens[at] ?? end
  return {
    peek,
    next: () => {
      const token = peek()
      if (at < tokens.length) at++
      return token
    },
    skipComparison: (opened) => {
      for (let depth = opened; ; at++) {
        const token = peek()
        if (token.kind === "end") return
        if (isSymbol(token, "(")) depth++
        else if (isSymbol(token, ")") && depth-- === 0) return
        else if (depth === 0 && (isWord(token, "and") || isWord(token, "or"))) return
      }
    },
    skipToEnd: () => {
      at = tokens.length
    },
  }
}

/** Keywords may be written in any case. */
export function isWord(token: Token, word: string): boolean {
  return token.kind === "word" && token.text.toLowerCase() === word
}

export function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === "symbol" && token.text === symbol
}

/** A token as a message names it. */
export function shown(token: Token): string {
  switch (token.kind) {
    case "end":
      return "the end"
    case "string":
      return "a text"
    case "number":
    case "word":
    case "symbol":
    case "bare":
      return `"${token.text.length > 60 ? `${token.text.slice(0, 60)}…` : token.text}"`
  }
}
