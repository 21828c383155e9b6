import { type EventField, type EventFieldReader, eventFields, eventValue, isEventField } from "../../core/index.ts"
import { nearest } from "../../filter/index.ts"

/** A text with `{{field}}` in it. */
export interface Template {
  readonly fields: readonly EventField[]
  render(fields: EventFieldReader): string
}

export interface TemplateProblem {
  readonly message: string
  /** Where in the text, in characters. */
  readonly offset: number
}

type Part = string | { readonly field: EventField }

// What a person reads in a title; the record itself stands in the evidence.
const longestValue = 200

/** Reads a template; what is wrong with it is told all at once. */
export function parseTemplate(text: string): Template | readonly TemplateProblem[] {
  const parts: Part[] = []
  const problems: TemplateProblem[] = []
  let end = 0
  for (let start = text.indexOf("{{"); start >= 0; start = text.indexOf("{{", end)) {
    parts.push(text.slice(end, start))
    const close = text.indexOf("}}", start)
    if (close < 0) return [...problems, { message: 'there is no "}}" for this "{{"', offset: start }]
    const name = text.slice(start + 2, close).trim()
    end = close + 2
    if (isEventField(name)) parts.push({ field: name })
    else problems.push({ message: unknown(name), offset: start + 2 + text.slice(start + 2, close).search(/\S|$/) })
  }
  parts.push(text.slice(end))
  if (problems.length > 0) return problems
  return {
    fields: parts.flatMap((part) => (typeof part === "string" ? [] : [part.field])),
    render: (fields) => parts.map((part) => (typeof part === "string" ? part : shown(fields, part.field))).join(""),
  }
}

export function isTemplate(read: Template | readonly TemplateProblem[]): read is Template {
  return "render" in read
}

/** A field's value as a person reads it; "unknown" where the event has none. */
export function shown(fields: EventFieldReader, field: EventField): string {
  const value = eventValue(fields, field)
  if (value === undefined) return "unknown"
  const isTime = eventFields.get(field)?.type === "time"
  const text =
    typeof value === "object" ? value.join(", ") : isTime ? new Date(Number(value)).toISOString() : String(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function unknown(name: string): string {
  const meant = nearest(name, eventFields.keys())
  return `there is no field "${name.slice(0, 100)}"${meant === undefined ? "" : `; did you mean ${meant}?`}`
}
