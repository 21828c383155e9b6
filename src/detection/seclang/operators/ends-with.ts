import { compareText } from "./compare-text.ts"
import { foundAt } from "./operator.ts"

export const endsWith = compareText("endsWith", (value, wanted) =>
  value.endsWith(wanted) ? foundAt(value, value.length - wanted.length, wanted.length) : undefined,
)
