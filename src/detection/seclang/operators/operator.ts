import type { Latin1 } from "../../../core/index.ts"
import type { Needed } from "../prefilter/prefilter.ts"
import type { ByteSet } from "../regex/byte-set.ts"
import type { CompiledRegex } from "../regex/compile.ts"
import type { Transaction } from "../run/transaction.ts"

/** Where an operator matched, in bytes of the value; `groups` are what `capture` keeps as TX:0 and on. */
export interface Hit {
  readonly offset: number
  readonly length: number
  readonly groups: readonly (Latin1 | undefined)[]
}

/** Runs on one value. */
export interface Operator {
  readonly find: (value: Latin1, transaction: Transaction) => Hit | undefined
  /** Whether it matches, where that is cheaper than to say what. */
  readonly holds?: (value: Latin1, transaction: Transaction) => boolean
  /** Why it can't match here; whoever loads the rule is warned. */
  readonly never?: string
  /** What a match needs, for those who would rather not run it: the pattern, phrases of which one must stand in the value (any case), or bytes of which it must have one. */
  readonly needs?:
    | { readonly regex: CompiledRegex }
    | { readonly phrases: readonly Latin1[] }
    | { readonly bytes: ByteSet }
    | Needed
}

export interface OperatorContext {
  /** The text of a file that the rule names, relative to its own. */
  readonly readFile: (name: string) => Latin1
}

export interface OperatorDefinition {
  /** As documented, without the `@`; rules may write it in any case. */
  readonly name: string
  readonly aliases?: readonly string[]
  /** Reads the argument once; throws a Mistake for the rule's author. */
  readonly compile: (argument: string, context: OperatorContext) => Operator
}

export const wholeValue = (value: Latin1): Hit => ({ offset: 0, length: value.length, groups: [value] })

export const foundAt = (value: Latin1, offset: number, length: number): Hit => ({
  offset,
  length,
  groups: [value.slice(offset, offset + length)],
})
