import { type OperatorFactory, wholeValue } from "./operator.ts"

/** A text that is no number counts as 0, as in C's atoi. */
const numberOf = (text: string) => Number.parseInt(text, 10) || 0

const compare =
  (holds: (value: number, wanted: number) => boolean): OperatorFactory =>
  (argument) =>
  (value, expand) =>
    holds(numberOf(value), numberOf(expand(argument))) ? wholeValue(value) : undefined

export const eq = compare((value, wanted) => value === wanted)
export const ge = compare((value, wanted) => value >= wanted)
export const gt = compare((value, wanted) => value > wanted)
export const le = compare((value, wanted) => value <= wanted)
export const lt = compare((value, wanted) => value < wanted)
