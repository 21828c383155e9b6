import type { Latin1 } from "../../../core/index.ts"

/** Where an operator matched, in bytes of the value; `groups` are what `capture` keeps (TX:0 and on). */
export interface Hit {
  readonly offset: number
  readonly length: number
  readonly groups: readonly Latin1[]
}

/** Runs on one value; `expand` resolves the macros of an argument (`%{tx.name}`). */
export type Operator = (value: Latin1, expand: (text: string) => string) => Hit | undefined

/** Makes an operator of its argument; throws an Error with a message for the rule's author. */
export type OperatorFactory = (argument: string, files: (name: string) => string) => Operator

export const wholeValue = (value: Latin1): Hit => ({ offset: 0, length: value.length, groups: [value] })
