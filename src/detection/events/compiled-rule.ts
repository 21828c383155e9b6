import { createHash } from "node:crypto"
import { type EventField, type EventFields, type EventObservation, eventValue, ThwartError } from "../../core/index.ts"
import { type Filter, parseFilter } from "../../filter/index.ts"
import type { EventRule } from "./event-rule.ts"
import { eventSchema } from "./event-schema.ts"
import { isTemplate, parseTemplate, type Template } from "./template.ts"

/** A rule with its texts read. */
export interface CompiledRule {
  readonly rule: EventRule
  readonly filter: Filter<EventFields>
  readonly title: Template
  readonly description: Template
  readonly suppressions: readonly {
    readonly filter: Filter<EventFields>
    readonly reason: string
    readonly until: number | null
  }[]
  /** What events have in common that are one alert. */
  keyOf(event: EventObservation): string
}

/** Throws THWART_RULES_INVALID for a rule whose texts were not checked when it was read. */
export function compileEventRule(rule: EventRule): CompiledRule {
  return {
    rule,
    filter: filterOf(rule, rule.filter),
    title: templateOf(rule, rule.title),
    description: templateOf(rule, rule.description),
    suppressions: rule.suppressions.map((one) => ({ ...one, filter: filterOf(rule, one.filter) })),
    keyOf: ({ node, fields }) => keyOf([rule.id, node.id, ...rule.aggregate.map((field) => aggregated(fields, field))]),
  }
}

function filterOf(rule: EventRule, text: string): Filter<EventFields> {
  const parsed = parseFilter(text, eventSchema, rule.id)
  return parsed.kind === "ok" ? parsed.filter : refuse(rule, parsed.problems[0]?.message)
}

function templateOf(rule: EventRule, text: string): Template {
  const read = parseTemplate(text)
  return isTemplate(read) ? read : refuse(rule, read[0]?.message)
}

function refuse({ id }: EventRule, message = "it can't be read"): never {
  throw new ThwartError("THWART_RULES_INVALID", `the event rule ${id} is wrong: ${message}`)
}

function aggregated(fields: EventFields, field: EventField): unknown {
  return eventValue(fields, field) ?? null
}

// Longer ones are known by their hash: what an attacker makes long must not fill the memory.
const longestKey = 300

function keyOf(parts: readonly unknown[]): string {
  const key = JSON.stringify(parts)
  return key.length <= longestKey ? key : createHash("sha256").update(key).digest("base64")
}

/** A value that is counted among different ones; null where the event has none. */
export function distinctValue(fields: EventFields, field: EventField): string | null {
  const value = eventValue(fields, field)
  return value === undefined ? null : keyOf([value])
}
