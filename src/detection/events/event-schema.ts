import { type EventFieldReader, eventFields, isEventField, storedField } from "../../core/index.ts"
import type { Schema } from "../../filter/index.ts"

/** What a filter can ask of an event. */
export const eventSchema: Schema<EventFieldReader> = {
  fields: eventFields,
  reader: (name) => {
    if (!isEventField(name)) return () => undefined
    const stored = storedField(name)
    return (fields) => fields.get(stored)
  },
}
