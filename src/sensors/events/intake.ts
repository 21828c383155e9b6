import { setImmediate } from "node:timers/promises"
import type { Cidr, EventObservation, EventType, Ids, NodeRef } from "../../core/index.ts"
import { defaultHomeNets, type Line } from "../input/index.ts"
import { eventFormats } from "./formats.ts"
import { parseJson } from "./json.ts"
import { createEventObserver } from "./observation.ts"
import { type Reading, type Unread, unread } from "./reading.ts"

export interface EventBody {
  readonly format: EventType
  /** Records as lines of UTF-8, or a JSON array of them. */
  readonly bytes: Buffer
  /** Where records that name no machine of their own are from. */
  readonly node: NodeRef
  readonly sensor: string
  readonly homeNets?: readonly Cidr[]
}

export interface EventBodySink {
  onEvent(event: EventObservation): void
  onUnread(unread: Unread): void
}

// A few milliseconds of reading: between them the same thread answers everybody else.
const linesAtOnce = 200

/** Reads records that came as a whole; an event of the audit log that is cut off at its end is read as far as it came. */
export async function readEventBody(
  { ids }: { readonly ids: Pick<Ids, "observation"> },
  { format, bytes, node, sensor, homeNets = defaultHomeNets }: EventBody,
  { onEvent, onUnread }: EventBodySink,
): Promise<void> {
  const { create, mostLineBytes } = eventFormats[format]
  const reader = create()
  const observe = createEventObserver({ ids, sensor, node, homeNets, file: null })
  const give = (readings: readonly Reading[]) => {
    for (const reading of readings)
      if (reading.kind === "event") onEvent(observe(reading))
      else onUnread(reading)
  }
  let count = 0
  for (const line of elementsOf(bytes) ?? linesOf(bytes)) {
    if (line.text.length > mostLineBytes) onUnread(unread("line too long", line))
    else give(reader.take(line))
    if (++count % linesAtOnce === 0) await setImmediate()
  }
  give(reader.finish())
}

/** What Vector and Fluent Bit write unless they are told to write lines: an array, of which each element stands for a line. */
function elementsOf(bytes: Buffer): readonly Line[] | undefined {
  if (!/^\s*\[/.test(bytes.toString("latin1", 0, 100))) return undefined
  const value = parseJson(bytes.toString("utf8"))
  if (!Array.isArray(value)) return undefined
  return value.map((one, index) => ({ text: Buffer.from(JSON.stringify(one)).toString("latin1"), number: index + 1 }))
}

function* linesOf(bytes: Buffer): Generator<Line> {
  let number = 0
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(0x0a, from)
    const end = found < 0 ? bytes.length : found
    const text = bytes.toString("latin1", from, end).replace(/\r$/, "")
    number++
    if (text !== "") yield { text, number }
    from = end + 1
  }
}
