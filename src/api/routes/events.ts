import { z } from "zod"
import { Refusal } from "../errors.ts"
import type { Streams } from "../events/streams.ts"
import { type App, principalOf } from "./route.ts"

const lastEventId = z.string().regex(/^\d{1,16}$/)

/** Server-sent events (HTML Living Standard §9.2). */
export function eventRoutes(app: App, streams: Streams): void {
  app.get(
    "/events",
    {
      config: { access: "viewer", alsoAnswers: ["503"] },
      // A HEAD would hold a stream open that nobody can read.
      exposeHeadRoute: false,
      schema: {
        operationId: "watchEvents",
        tags: ["server"],
        summary: "What happens, as server-sent events",
        description:
          "`event:` is `alert`, `incident`, `countermeasure` or `recommendation`, `data:` a StreamEvent as JSON, `id:` rises by one. Send the last `id` as `Last-Event-ID` to get what was missed, or `event: reset` when that is no longer kept: then load everything anew. Ends with the session or token that opened it.",
        headers: z.looseObject({ "last-event-id": z.string().max(100).optional() }),
        response: { 200: { description: "The stream", content: { "text/event-stream": { schema: z.string() } } } },
      },
    },
    (request, reply) => {
      const principal = principalOf(request)
      if (!streams.hasPlaceFor(principal))
        throw new Refusal(503, "BUSY", "too many event streams are open; close some of them")
      const seen = lastEventId.safeParse(request.headers["last-event-id"])
      reply.hijack()
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value)
      reply.raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "x-accel-buffering": "no",
      })
      streams.add(reply.raw, principal, seen.success ? Number(seen.data) : undefined)
    },
  )
}
