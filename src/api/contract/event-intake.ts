import { z } from "zod"
import { eventTypes, nodeId } from "../../core/index.ts"

// POST /events/:format
export const eventFormat = z.object({
  format: z.enum(eventTypes).meta({ description: "Which tool wrote the records" }),
})
export const eventSource = z.strictObject({
  node: nodeId.optional().meta({ description: "Where records that name no machine of their own are from" }),
})
/** Read by the tool's own reader: whatever stands there is no mistake of the request. */
export const sentEvents = z
  .unknown()
  .meta({ description: "The tool's own records, one a line, or a JSON array of them" })
export const eventIntakeReport = z.object({
  read: z.number().meta({ description: "Records that were held against the rules" }),
  alerts: z.number().meta({ description: "What they raised; it is stored" }),
  unread: z.number().meta({ description: "Lines or records that could not be read" }),
  skipped: z
    .array(z.object({ line: z.number(), reason: z.string() }))
    .meta({ description: "The first 100 of those; of a JSON array the line is the number of the element" }),
})

export type EventIntakeReport = z.infer<typeof eventIntakeReport>
