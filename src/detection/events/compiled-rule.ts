import { createHash } from "node:crypto"
import { type EventField, type EventFieldReader, eventValue, ThwartError } from "../../core/index.ts"
import { type Filter, parseFilter } from "../../filter/index.ts"
import { eventKindsOf } from "./event-kinds.ts"
import type { EventRule } from "./event-rule.ts"
import { eventSchema } from "./event-schema.ts"
import type { Subject } from "./subject.ts"
import { isTemplate, parseTemplate, type Template } from "./template.ts"

/** A rule with its texts read. */
export interface CompiledRule {
  readonly rule: EventRule
  readonly filter: Filter<EventFieldReader>
  /** Only these values of `event_type` can match; null: any. */
  readonly kinds: ReadonlySet<string> | null
  readonly title: Template
  readonly description: Template
  readonly suppressions: readonly {
    readonly filter: Filter<EventFieldReader>
    readonly reason: string
    readonly until: number | null
  }[]
  /** What events have in common that are one alert. */
  keyOf(subject: Subject): string
}

/** Throws THWART_RULES_INVALID for a rule whose texts were not checked when it was read. */
export function compileEventRule(rule: EventRule): CompiledRule {
  const filter = filterOf(rule, rule.filter)
  return {
    rule,
    filter,
    kinds: eventKindsOf(filter.expression),
    title: templateOf(rule, rule.title),
    description: templateOf(rule, rule.description),
    suppressions: rule.suppressions.map((one) => ({ ...one, filter: filterOf(rule, one.filter) })),
    keyOf: ({ observation, fields }) =>
      keyOf([rule.id, observation.node.id, ...rule.aggregate.map((field) => aggregated(fields, field))]),
  }
}

function filterOf(rule: EventRule, text: string): Filter<EventFieldReader> {
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

function aggregated(fields: EventFieldReader, field: EventField): unknown {
  return eventValue(fields, field) ?? null
}

// Longer ones are known by their hash: what an attacker makes long must not fill the memory.
const longestKey = 300

function keyOf(parts: readonly unknown[]): string {
  const key = JSON.stringify(parts)
  return key.length <= longestKey ? key : createHash("sha256").update(key).digest("base64")
}

/** A value that is counted among different ones; null where the event has none. */
export function distinctValue(fields: EventFieldReader, field: EventField): string | null {
  const value = eventValue(fields, field)
  if (value === undefined) return null
  return typeof value === "string" && value.length <= longestKey ? value : keyOf([value])
}
