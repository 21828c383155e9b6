import type { Latin1 } from "../../../core/index.ts"
import type { Phase, Transaction } from "../run/transaction.ts"
import { createKnownValue, createValue, noValues, type Value } from "../run/value.ts"

/** A variable that rules can look at. */
export interface VariableDefinition {
  readonly name: string
  readonly aliases?: readonly string[]
  /** `collection` has members with names; `paths` is one whose members are chosen by XPath. */
  readonly shape: "single" | "collection" | "paths"
  /** Phases that bring something new to it; `always`: rules themselves change it, so it is never kept. */
  readonly fresh?: readonly Phase[] | "always"
  readonly read: (transaction: Transaction) => readonly Value[]
  /** One member (its name in lower case) without the others, where that is cheaper. */
  readonly member?: (transaction: Transaction, key: string) => readonly Value[]
  /** The members whose names pass, where that is cheaper than all of them. */
  readonly matching?: (transaction: Transaction, test: (key: string) => boolean) => readonly Value[]
  /** As `member`, where a name has one value at most. */
  readonly memberText?: (transaction: Transaction, key: string) => Latin1 | undefined
}

export function single(
  name: string,
  read: (transaction: Transaction) => Latin1 | number | undefined,
  fresh?: VariableDefinition["fresh"],
): VariableDefinition {
  return {
    name,
    shape: "single",
    ...(fresh === undefined ? {} : { fresh }),
    read: (transaction) => {
      const text = read(transaction)
      return text === undefined ? noValues : [createValue("", String(text))]
    },
  }
}

export function collection(
  name: string,
  read: (transaction: Transaction) => readonly Value[],
  fresh?: VariableDefinition["fresh"],
): VariableDefinition {
  return { name, shape: "collection", read, ...(fresh === undefined ? {} : { fresh }) }
}

/** The names of members as values. */
export const namesOf = (values: readonly Value[], { cache }: Transaction): readonly Value[] =>
  values.map(({ key }) => createKnownValue(key, key, cache))
