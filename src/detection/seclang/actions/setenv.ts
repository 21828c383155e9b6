import { compileText } from "../macro.ts"
import { Mistake } from "../syntax/mistake.ts"
import type { ActionDefinition } from "./action.ts"

/** Kept for rules behind it (ENV); nothing outside of the transaction sees it. */
export const setenv: ActionDefinition = {
  name: "setenv",
  argument: "required",
  apply: (draft, text) => {
    const [, name = "", value = ""] = /^\s*([^=]+?)\s*(?:=\s*([\s\S]*))?$/.exec(text) ?? []
    if (name === "") throw new Mistake("SECLANG_ACTION", `"${text}" is not name=value`)
    const [key, to] = [compileText(name), compileText(value)]
    draft.afterMatch.push(
      (transaction) => void transaction.env.set(key.of(transaction).toLowerCase(), to.of(transaction)),
    )
  },
}
