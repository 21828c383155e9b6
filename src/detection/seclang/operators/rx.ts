import type { Latin1 } from "../../../core/index.ts"
import { compileText } from "../macro.ts"
import { type CompiledRegex, compileRegex } from "../regex/compile.ts"
import type { Operator, OperatorDefinition } from "./operator.ts"

/** A PCRE pattern, on bytes. */
export const rx: OperatorDefinition = { name: "rx", compile: (argument) => regexOperator(argument) }

/** As `rx`; Thwart keeps the groups of the first match alone. */
export const rxGlobal: OperatorDefinition = { name: "rxGlobal", compile: (argument) => regexOperator(argument) }

function regexOperator(source: string): Operator {
  if (/%\{[A-Za-z_]+[.:][^}]+\}/.test(source)) return changingRegex(source)
  const regex = compileRegex(source)
  // One that matches nothing at all matches most values: it need not be asked first whether it does.
  if (regex.test("")) return { find: regex.exec, needs: { regex } }
  return { find: (value) => found(regex, value), needs: { regex } }
}

const found = (regex: CompiledRegex, value: Latin1) => (regex.test(value) ? regex.exec(value) : undefined)

// Patterns of one rule: its macros stand for settings, of which there are few. Were they values of clients, each would come once.
const maxPatterns = 100

/** A pattern with macros is compiled when it is known what they stand for; a bad one fails like any rule that can't run. */
function changingRegex(source: string): Operator {
  const text = compileText(source)
  const known = new Map<Latin1, CompiledRegex>()
  return {
    find: (value, transaction) => {
      const pattern = text.of(transaction)
      const regex = known.get(pattern) ?? compileRegex(pattern)
      if (known.size < maxPatterns) known.set(pattern, regex)
      return found(regex, value)
    },
  }
}
