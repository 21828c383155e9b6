import type { Latin1 } from "../../../core/index.ts"
import type { Transaction } from "../run/transaction.ts"
import { createValue, noValues, type Value } from "../run/value.ts"
import { collection, single, type VariableDefinition } from "./variable.ts"

/** A collection that rules write: `TX`, `ENV`. */
function written(name: string, of: (transaction: Transaction) => ReadonlyMap<string, Latin1>): VariableDefinition {
  return {
    name,
    shape: "collection",
    fresh: "always",
    read: (transaction) => [...of(transaction)].map(([key, text]) => createValue(key, text)),
    matching: (transaction, test) => {
      const found: Value[] = []
      of(transaction).forEach((text, key) => {
        if (test(key)) found.push(createValue(key, text))
      })
      return found
    },
    memberText: (transaction, key) => of(transaction).get(key),
    member: (transaction, key) => {
      const text = of(transaction).get(key)
      return text === undefined ? noValues : [createValue(key, text)]
    },
  }
}

function ofRule(transaction: Transaction): readonly Value[] {
  const { rule } = transaction
  if (rule === undefined) return noValues
  const { id, severity, version, revision, accuracy, maturity } = rule
  const members = [
    ["id", String(id)],
    ["msg", rule.messageText.of(transaction)],
    ["severity", String(severity ?? "")],
    ["ver", version],
    ["rev", revision],
    ["accuracy", accuracy === 0 ? "" : String(accuracy)],
    ["maturity", maturity === 0 ? "" : String(maturity)],
  ]
  // Only what the rule says of itself.
  return members.flatMap(([key = "", text = ""]) => (text === "" ? [] : [createValue(key, text)]))
}

export const rules = [
  written("TX", ({ tx }) => tx),
  written("ENV", ({ env }) => env),
  collection("RULE", ofRule, "always"),
  single("HIGHEST_SEVERITY", ({ highestSeverity }) => highestSeverity, "always"),
  single("WEBAPPID", ({ webAppId }) => webAppId, "always"),
  single("MODSEC_BUILD", () => "0"),
]
