import type { Latin1 } from "../../core/index.ts"
import type { Transaction } from "./run/transaction.ts"
import { membersOf } from "./run/value.ts"
import { Mistake } from "./syntax/mistake.ts"
import { collectionOf, findVariable, unsupportedVariables } from "./variables/variables.ts"

/** A text in which `%{tx.name}` stands for what the variable holds when it is needed. */
export interface Text {
  /** Null when it has macros. */
  readonly constant: Latin1 | null
  /** What it always begins with: all that stands before the first macro. */
  readonly beginning: Latin1
  readonly of: (transaction: Transaction) => Latin1
}

export function constantText(text: Latin1): Text {
  return { constant: text, beginning: text, of: () => text }
}

/** Compiles a text; throws a Mistake for a macro of an unknown variable. */
export function compileText(text: Latin1): Text {
  const parts: ((transaction: Transaction) => Latin1)[] = []
  let last = 0
  for (const found of text.matchAll(/%\{([^}]*)\}/g)) {
    const before = text.slice(last, found.index)
    if (before !== "") parts.push(() => before)
    parts.push(macro(found[1] ?? "", found.index))
    last = found.index + found[0].length
  }
  if (parts.length === 0) return constantText(text)
  const rest = text.slice(last)
  if (rest !== "") parts.push(() => rest)
  const [only] = parts
  return {
    constant: null,
    beginning: text.slice(0, text.indexOf("%{")),
    of:
      parts.length === 1 && only !== undefined
        ? only
        : (transaction) => {
            let text = ""
            for (const part of parts) text += part(transaction)
            return text
          },
  }
}

function macro(text: string, offset: number): (transaction: Transaction) => Latin1 {
  const [, name = "", member] = /^\s*([A-Za-z_0-9]+)(?:[.:](.+))?$/.exec(text) ?? []
  const variable = findVariable(name)
  if (variable === undefined) {
    const why = unsupportedVariables.get(name.toUpperCase())
    throw new Mistake(
      "SECLANG_MACRO",
      why === undefined
        ? `there is no variable "${text}" for a macro`
        : `the variable ${name} is not supported: ${why}`,
      offset,
    )
  }
  const key = member?.toLowerCase()
  const { definition } = variable
  if (key !== undefined && definition.memberText !== undefined) {
    const { memberText } = definition
    return (transaction) => memberText(transaction, key) ?? ""
  }
  if (key !== undefined && definition.member !== undefined) {
    const { member: read } = definition
    return (transaction) => read(transaction, key)[0]?.text ?? ""
  }
  return (transaction) => {
    const collection = collectionOf(transaction, variable)
    return (key === undefined ? collection.values : membersOf(collection, key))[0]?.text ?? ""
  }
}
