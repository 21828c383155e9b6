import { compile } from "./compile.ts"
import type { Expression } from "./expression.ts"
import { print, printComparison } from "./print.ts"
import type { Schema } from "./schema.ts"
import { found, mostReasons } from "./why-not.ts"

/** What of it makes a record match; empty when it does not. For a person: compiles what it looks at anew. */
export function why<R>(expression: Expression, schema: Schema<R>, record: R): readonly string[] {
  if (!compile(expression, schema, () => undefined)(record)) return []
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.parts.flatMap((part) => why(part, schema, record)).slice(0, mostReasons)
    case "not":
      return [`not ${print(expression.part)}: it is not so`]
    case "compare":
      return [`${printComparison(expression)}: ${found(expression, schema, record)}`]
    case "broken":
      return []
  }
}
