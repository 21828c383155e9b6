import { join } from "node:path"
import { createIds, type EventObservation, type EventType, nodeRef, systemClock } from "../../core/index.ts"
import { createEventSensor, type Unread } from "./index.ts"

export const ids = createIds(systemClock)
export const node = nodeRef.parse({ id: "here", kind: "host", name: "here" })
export const examples = join(import.meta.dirname, "..", "..", "..", "examples", "events")

/** Everything in a file, and what could not be read of it. */
export async function readEvents(file: string, format: EventType) {
  const events: EventObservation[] = []
  const unread: Unread[] = []
  const sensor = createEventSensor({ ids }, { file, format, node, onUnread: (one) => unread.push(one) })
  await sensor.run((observation) => {
    if (observation.kind === "event") events.push(observation)
  }, new AbortController().signal)
  return { events, unread, status: sensor.status() }
}

export const fieldsOf = ({ fields }: EventObservation) => Object.fromEntries(fields)
