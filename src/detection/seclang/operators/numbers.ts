import type { Latin1 } from "../../../core/index.ts"
import { compileText } from "../macro.ts"
import type { Transaction } from "../run/transaction.ts"
import { type OperatorDefinition, wholeValue } from "./operator.ts"

/** As C's atoi reads it: a text that is no number is 0. */
const numberOf = (text: Latin1) => Number.parseInt(text, 10) || 0

function compare(name: string, holds: (value: number, wanted: number) => boolean): OperatorDefinition {
  return {
    name,
    compile: (argument) => {
      const text = compileText(argument)
      const constant = text.constant === null ? null : numberOf(text.constant)
      const matches = (value: Latin1, transaction: Transaction) =>
        holds(numberOf(value), constant ?? numberOf(text.of(transaction)))
      return {
        holds: matches,
        find: (value, transaction) => (matches(value, transaction) ? wholeValue(value) : undefined),
      }
    },
  }
}

export const eq = compare("eq", (value, wanted) => value === wanted)
export const ge = compare("ge", (value, wanted) => value >= wanted)
export const gt = compare("gt", (value, wanted) => value > wanted)
export const le = compare("le", (value, wanted) => value <= wanted)
export const lt = compare("lt", (value, wanted) => value < wanted)
