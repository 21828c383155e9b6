import { durationInWords, type EventField, eventFields } from "../../core/index.ts"
import { compileEventRule } from "./compiled-rule.ts"
import type { EventRule } from "./event-rule.ts"

/** The rule as an English sentence. */
export function eventRuleSentence(rule: EventRule): string {
  const { filter, suppressions } = compileEventRule(rule)
  const { aggregate, threshold, windowMs, severity, name } = rule
  const same = ["node", ...aggregate.map(labelOf)]
  const window = durationInWords(windowMs)
  const often =
    threshold.distinct !== null
      ? `, with ${threshold.count} different values of the ${labelOf(threshold.distinct)} within ${window}`
      : threshold.count > 1
        ? `, ${threshold.count} times within ${window}`
        : ""
  const unless = suppressions.map((one) => ` Not when ${one.filter.sentence} (${one.reason}).`).join("")
  return `When ${filter.sentence}${often}, raise one ${severity} alert "${name}" in ${window} for the same ${listed(same)}.${unless}`
}

const labelOf = (field: EventField) => eventFields.get(field)?.label ?? field

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ""
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`
}
