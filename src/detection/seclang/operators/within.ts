import { compareText } from "./compare-text.ts"
import { wholeValue } from "./operator.ts"

/** The value stands somewhere in the text of the rule; an empty one always does. */
export const within = compareText("within", (value, wanted) => (wanted.includes(value) ? wholeValue(value) : undefined))
