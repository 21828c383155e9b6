import type { ActionDefinition } from "./action.ts"

const silent = (name: string, value: boolean): ActionDefinition => ({
  name,
  argument: "none",
  apply: (draft) => {
    draft.silent = value
  },
})

/** Known, and without a meaning here: Thwart writes no audit log, and answers in its own way. */
const ignored = (name: string, argument: ActionDefinition["argument"]): ActionDefinition => ({
  name,
  argument,
  apply: () => undefined,
})

export const logging: readonly ActionDefinition[] = [
  silent("log", false),
  silent("nolog", true),
  ignored("auditlog", "none"),
  ignored("noauditlog", "none"),
  ignored("status", "required"),
  ignored("sanitiseArg", "required"),
  ignored("sanitiseMatched", "none"),
  ignored("sanitiseMatchedBytes", "optional"),
  ignored("sanitiseRequestHeader", "required"),
  ignored("sanitiseResponseHeader", "required"),
]
