import type { Latin1 } from "../../core/index.ts"
import { createAutomaton } from "./prefilter/automaton.ts"

export interface FoundPhrase {
  readonly offset: number
  readonly length: number
}

/** Looks for many phrases at once, whatever the case of their ASCII letters, in one pass over the value: the first that ends. */
export function createPhraseSearch(phrases: readonly Latin1[]): (value: Latin1) => FoundPhrase | undefined {
  const { symbols, plain, ends, step } = createAutomaton(phrases)
  const lengths = ends.map((found) => Math.max(0, ...(found ?? []).map((phrase) => phrases[phrase]?.length ?? 0)))
  return (value) => {
    let state = step(0, 0)
    for (let at = 0; at < value.length; at++) {
      state = step(state, symbols[value.charCodeAt(at) & 0xff] ?? 0)
      const length = state < plain ? 0 : (lengths[state - plain] ?? 0)
      if (length > 0) return { offset: at + 1 - length, length }
    }
    return undefined
  }
}
