import { nameOf } from "../run/transaction.ts"
import { createValue } from "../run/value.ts"
import { collection, single } from "./variable.ts"

/** What the present rule, or chain of rules, matched so far; the last of them and all. */
export const matched = [
  single("MATCHED_VAR", ({ matches }) => matches.at(-1)?.form, "always"),
  single(
    "MATCHED_VAR_NAME",
    ({ matches }) => {
      const last = matches.at(-1)
      return last === undefined ? undefined : nameOf(last)
    },
    "always",
  ),
  collection("MATCHED_VARS", ({ matches }) => matches.map((match) => createValue(nameOf(match), match.form)), "always"),
  collection(
    "MATCHED_VARS_NAMES",
    ({ matches }) => matches.map((match) => createValue(nameOf(match), nameOf(match))),
    "always",
  ),
]
