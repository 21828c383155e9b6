import type { ReadRecords } from "../api/index.ts"
import type { EventObservation, EventType, Ids, NodeRef } from "../core/index.ts"
import { readEventBody, type Unread } from "../sensors/index.ts"

/** Reads records that somebody pasted. */
export function createReadRecords({ ids, node }: { readonly ids: Ids; readonly node: NodeRef }) {
  return async (format: EventType, text: string): Promise<ReadRecords> => {
    const events: EventObservation[] = []
    const unread: Unread[] = []
    await readEventBody(
      { ids },
      { format, bytes: Buffer.from(text), node, sensor: "try" },
      { onEvent: (event) => void events.push(event), onUnread: (one) => void unread.push(one) },
    )
    return { events, unread }
  }
}
