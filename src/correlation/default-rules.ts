import { formatDiagnostic, ThwartError } from "../core/index.ts"
import { killChain } from "./content/kill-chain.ts"
import type { IntentRule } from "./intent-rule.ts"
import { parseIntentRules } from "./rule-file.ts"

/** The rules that ship, read from the same kind of text that users write. */
export const defaultIntentRules: readonly IntentRule[] = read(killChain, "kill-chain.yaml")

function read(text: string, file: string): readonly IntentRule[] {
  const parsed = parseIntentRules(text, file)
  if (parsed.kind === "ok") return parsed.value
  throw new ThwartError("THWART_RULES_INVALID", parsed.diagnostics.map(formatDiagnostic).join("\n"))
}
