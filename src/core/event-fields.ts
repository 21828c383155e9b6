import { eventFieldTable } from "./event-field-table.ts"
import type { FieldInfo, FieldValue } from "./field.ts"

export type EventField = keyof typeof eventFieldTable

/** What rules over fields read. */
export interface EventFieldReader {
  get(field: EventField): FieldValue | undefined
}

/** The values of one event by field; only fields that are there. */
export type EventFields = ReadonlyMap<EventField, FieldValue>

export interface EventFieldDescription extends FieldInfo {
  readonly about: string
  readonly sameAs?: EventField
}

/** Every field of an event, in the order of the reference. */
// The cast holds: the table is made of such, and a second name names one of its own (a test holds that).
export const eventFields = new Map(Object.entries(eventFieldTable)) as ReadonlyMap<EventField, EventFieldDescription>

// The cast holds: membership is what is asked.
export const isEventField = (name: string): name is EventField => eventFields.has(name as EventField)

/** The value of a field, under either of its names. */
export function eventValue(fields: EventFieldReader, name: EventField): FieldValue | undefined {
  return fields.get(storedField(name))
}

/** The name under which a field's value is kept: its own, or that of which it is a second name. */
export const storedField = (name: EventField): EventField => eventFields.get(name)?.sameAs ?? name
