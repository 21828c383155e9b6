import type { ByteSet } from "./byte-set.ts"

/** A regular expression over bytes; the case of letters and the meaning of `.`, `^` and `$` are settled when it is read. */
export type RegexNode =
  | { readonly kind: "bytes"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | { readonly kind: "capture"; readonly index: number; readonly item: RegexNode }
  | {
      readonly kind: "repeat"
      readonly item: RegexNode
      readonly min: number
      /** Infinity when it has no end. */
      readonly max: number
      readonly style: "greedy" | "lazy" | "possessive"
    }
  | {
      readonly kind: "assert"
      readonly what: "start" | "end" | "line-start" | "line-end" | "end-or-last-newline" | "boundary" | "no-boundary"
    }
  | { readonly kind: "look"; readonly ahead: boolean; readonly negated: boolean; readonly item: RegexNode }
  | { readonly kind: "atomic"; readonly item: RegexNode }
  | { readonly kind: "backreference"; readonly index: number; readonly caseless: boolean }

export interface ParsedRegex {
  readonly root: RegexNode
  /** How many capturing groups it has. */
  readonly captures: number
}
