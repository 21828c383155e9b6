import type { Latin1 } from "../../core/index.ts"
import { type Automaton, createAutomaton } from "./prefilter/automaton.ts"

export interface FoundPhrase {
  readonly offset: number
  readonly length: number
}

// One list of many, and run on few values.
const maxRows = 200

/** Looks for many phrases at once, whatever the case of their ASCII letters, in one pass over the value: the first that ends. */
export function createPhraseSearch(phrases: readonly Latin1[]): (value: Latin1) => FoundPhrase | undefined {
  const { symbols, plain, ends, step } = createAutomaton(phrases, maxRows)
  const lengths = Uint32Array.from(ends, (found) => Math.max(0, ...(found ?? []).map((at) => phrases[at]?.length ?? 0)))
  return searchWith({ symbols, plain, step, lengths })
}

interface Search extends Pick<Automaton, "symbols" | "plain" | "step"> {
  /** Of the longest phrase that ends in a state, at `state - plain`. */
  readonly lengths: Uint32Array
}

function searchWith({ symbols, plain, step, lengths }: Search): (value: Latin1) => FoundPhrase | undefined {
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
