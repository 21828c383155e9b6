import { compileText } from "../macro.ts"
import { Mistake } from "../syntax/mistake.ts"
import type { ActionDefinition } from "./action.ts"

/** `expirevar:ip.blocked=60`: that variable is forgotten so many seconds from now. */
export const expirevar: ActionDefinition = {
  name: "expirevar",
  argument: "required",
  apply: (draft, text) => {
    const [, collection = "", name = "", seconds = ""] = /^\s*([A-Za-z_]+)\.([^=]+)=(.+)$/.exec(text) ?? []
    if (collection === "") throw new Mistake("SECLANG_ACTION", `"${text}" is not collection.name=seconds`)
    const [key, time] = [compileText(name), compileText(seconds)]
    draft.afterMatch.push((transaction) => {
      const record = transaction.records.get(collection.toLowerCase())
      const seconds = Number.parseInt(time.of(transaction), 10)
      if (record !== undefined && Number.isFinite(seconds))
        record.ends.set(key.of(transaction).toLowerCase(), transaction.now + seconds * 1000)
    })
  },
}
