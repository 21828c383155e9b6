import { Mistake } from "../syntax/mistake.ts"
import type { ActionDefinition } from "./action.ts"

const flag = (name: "capture" | "chain" | "multiMatch"): ActionDefinition => ({
  name,
  argument: "none",
  apply: (draft) => {
    draft[name] = true
  },
})

const skipAfter: ActionDefinition = {
  name: "skipAfter",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    draft.skipAfter = text
  },
}

const skip: ActionDefinition = {
  name: "skip",
  argument: "required",
  firstOnly: true,
  apply: (draft, text) => {
    if (!/^\d{1,4}$/.test(text)) throw new Mistake("SECLANG_ACTION", `"${text}" is not a number of rules to skip`)
    draft.skip = Number(text)
  },
}

/** How a rule and those behind it are run. */
export const flow: readonly ActionDefinition[] = [flag("capture"), flag("chain"), flag("multiMatch"), skip, skipAfter]
