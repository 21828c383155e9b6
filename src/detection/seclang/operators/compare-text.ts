import type { Latin1 } from "../../../core/index.ts"
import { compileText } from "../macro.ts"
import type { Hit, OperatorDefinition } from "./operator.ts"

/** An operator that looks for a text, which may hold macros, in a value. */
export function compareText(
  name: string,
  find: (value: Latin1, wanted: Latin1) => Hit | undefined,
): OperatorDefinition {
  return {
    name,
    compile: (argument) => {
      const text = compileText(argument)
      const { constant } = text
      return {
        find:
          constant === null
            ? (value, transaction) => find(value, text.of(transaction))
            : (value) => find(value, constant),
      }
    },
  }
}
