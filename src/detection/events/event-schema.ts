import { type EventFields, eventFields, eventValue, isEventField } from "../../core/index.ts"
import type { Schema } from "../../filter/index.ts"

/** What a filter can ask of an event. */
export const eventSchema: Schema<EventFields> = {
  fields: eventFields,
  read: (fields, name) => (isEventField(name) ? eventValue(fields, name) : undefined),
}
