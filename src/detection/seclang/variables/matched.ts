import { createValue } from "../run/value.ts"
import { collection, namesOf, single } from "./variable.ts"

/** What the present rule, or chain of rules, matched so far; the last of them and all. */
export const matched = [
  single("MATCHED_VAR", ({ matchedValues }) => matchedValues.at(-1)?.text, "always"),
  single("MATCHED_VAR_NAME", ({ matchedValues }) => matchedValues.at(-1)?.key, "always"),
  collection(
    "MATCHED_VARS",
    ({ matchedValues }) => matchedValues.map(({ key, text }) => createValue(key, text)),
    "always",
  ),
  collection("MATCHED_VARS_NAMES", ({ matchedValues }) => namesOf(matchedValues), "always"),
]
