import { compareText } from "./compare-text.ts"
import { wholeValue } from "./operator.ts"

export const streq = compareText("streq", (value, wanted) => (value === wanted ? wholeValue(value) : undefined))

/** ModSecurity's name for a whole match of a text, whatever it holds. */
export const strmatch = compareText("strmatch", (value, wanted) => {
  const offset = value.indexOf(wanted)
  return offset < 0 ? undefined : { offset, length: wanted.length, groups: [wanted] }
})
