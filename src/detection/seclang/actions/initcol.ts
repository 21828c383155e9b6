import { compileText, type Text } from "../macro.ts"
import type { Transaction } from "../run/transaction.ts"
import { Mistake } from "../syntax/mistake.ts"
import { persistentCollections } from "../variables/persistent.ts"
import type { ActionDefinition } from "./action.ts"

function open(collection: string, key: Text): (transaction: Transaction) => void {
  return (transaction) => {
    const name = key.of(transaction)
    if (name !== "") transaction.records.set(collection, transaction.store.open(collection, name, transaction.now))
  }
}

/** `initcol:ip=%{REMOTE_ADDR}`: from now on, `ip` is what is remembered under that key. */
const initcol: ActionDefinition = {
  name: "initcol",
  argument: "required",
  apply: (draft, text) => {
    const [, collection = "", key = ""] = /^\s*([A-Za-z_]+)=(.+)$/.exec(text) ?? []
    const name = collection.toLowerCase()
    if (persistentCollections.every((known) => known.toLowerCase() !== name))
      throw new Mistake("SECLANG_ACTION", `"${text}" names no collection (${persistentCollections.join(", ")})`)
    // In the order of the list with setvar, so that a rule can open a collection and count in it.
    draft.atMatch.push(open(name, compileText(key)))
  },
}

const shorthand = (name: string, collection: string): ActionDefinition => ({
  name,
  argument: "required",
  apply: (draft, text) => void draft.atMatch.push(open(collection, compileText(text))),
})

/** What opens a collection that outlives the transaction. */
export const openers: readonly ActionDefinition[] = [
  initcol,
  shorthand("setrsc", "resource"),
  shorthand("setsid", "session"),
  shorthand("setuid", "user"),
]
