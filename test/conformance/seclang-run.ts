import { createRuleRun } from "../../src/detection/engine/rule-run.ts"
import { enableLinearRegexFallback } from "../../src/detection/regex-safety.ts"
import { compile } from "../../src/detection/seclang/compile.ts"
import type { Phase, Transaction } from "../../src/detection/seclang/run/transaction.ts"
import { type Exchange, exchange } from "../../src/detection/testing/exchange.ts"

const phases: readonly Phase[] = [1, 2, 3, 4, 5]

/** Runs rules over one exchange; a rule set with a mistake, or a rule that fails, fails the test. */
export function runOn(text: string, of: Exchange, files: Readonly<Record<string, string>> = {}): Transaction {
  return runnerOf(text, files)(of)
}

/** The same for several exchanges, one after the other: what rules remember lasts. */
export function runnerOf(text: string, files: Readonly<Record<string, string>> = {}): (of: Exchange) => Transaction {
  enableLinearRegexFallback()
  const { program, diagnostics } = compile([{ path: "test.conf", text }], (_, name) => {
    const found = files[name]
    if (found === undefined) throw new Error(`there is no file ${name}`)
    return found
  })
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("; "))
  const run = createRuleRun({
    program,
    onFailure: ({ id }, message) => {
      throw new Error(`rule ${id} failed: ${message}`)
    },
  })
  return (of) => run(exchange(of), phases)
}
