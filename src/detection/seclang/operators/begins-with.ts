import { compareText } from "./compare-text.ts"
import { foundAt } from "./operator.ts"

export const beginsWith = compareText("beginsWith", (value, wanted) =>
  value.startsWith(wanted) ? foundAt(value, 0, wanted.length) : undefined,
)
