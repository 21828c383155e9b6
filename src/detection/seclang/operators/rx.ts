import { compileRegex } from "../regex/compile.ts"
import { Mistake } from "../syntax/mistake.ts"
import type { Operator, OperatorDefinition } from "./operator.ts"

/** A PCRE pattern, on bytes. */
export const rx: OperatorDefinition = { name: "rx", compile: (argument) => regexOperator(argument) }

/** As `rx`; Thwart keeps the groups of the first match alone. */
export const rxGlobal: OperatorDefinition = { name: "rxGlobal", compile: (argument) => regexOperator(argument) }

function regexOperator(source: string): Operator {
  const macro = /%\{[A-Za-z_]+[.:][^}]+\}/.exec(source)
  if (macro !== null)
    throw new Mistake("SECLANG_REGEX", `a macro in a pattern is not supported: ${macro[0]}`, macro.index)
  const regex = compileRegex(source)
  return { find: (value) => (regex.test(value) ? regex.exec(value) : undefined), needs: { regex } }
}
