import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseCorrelationRules } from "../../src/correlation/index.ts"

/** The file of the rule that most tests of correlation and response go by. */
export const killChain = readFileSync(
  join(import.meta.dirname, "..", "..", "rules", "intents", "kill-chain.yaml"),
  "utf8",
)

const parsed = parseCorrelationRules(killChain, "kill-chain.yaml")
if (parsed.kind === "bad") throw new Error(JSON.stringify(parsed.diagnostics))
export const killChainRules = parsed.value.rules
