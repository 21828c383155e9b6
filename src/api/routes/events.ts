import type { ServerResponse } from "node:http"
import type { StreamEvent } from "../contract/index.ts"
import { Refusal } from "../errors.ts"
import type { ApiDeps } from "../services.ts"
import type { App } from "./route.ts"

// What a client that was away for a moment may still get; one that was away for longer reloads.
const maxReplay = 1000
const maxStreams = 200
// A client that does not read is cut off before what waits for it takes memory.
const maxWaitingBytes = 4 * 1024 * 1024
const heartbeatMs = 15_000

export interface Events {
  readonly watchers: () => number
  close(): void
}

/** Server-sent events (HTML Living Standard §9.2) of everything that moves through the bus, with resumption by Last-Event-ID. */
export function eventRoutes(app: App, { bus, accounts, clock, onError }: ApiDeps): Events {
  const streams = new Set<ServerResponse>()
  const replay: { readonly id: number; readonly frame: string }[] = []
  let lastId = 0

  const send = (stream: ServerResponse, frame: string) => {
    if (stream.writableLength > maxWaitingBytes) stream.destroy()
    else stream.write(frame)
  }
  const tell = (event: StreamEvent) => {
    const frame = `id: ${++lastId}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`
    replay.push({ id: lastId, frame })
    if (replay.length > maxReplay) replay.shift()
    for (const stream of streams) send(stream, frame)
  }
  const subscriptions = [
    bus.subscribe("alert", (alert) => tell({ kind: "alert", alert })),
    bus.subscribe("incident", (incident) => tell({ kind: "incident", incident })),
    bus.subscribe("countermeasure", (countermeasure) => tell({ kind: "countermeasure", countermeasure })),
  ]

  app.get(
    "/events",
    { config: { access: "viewer" }, schema: { summary: "What happens, as server-sent events" } },
    (request, reply) => {
      if (streams.size >= maxStreams)
        throw new Refusal(503, "TOO_MANY_STREAMS", `${maxStreams} streams are open already`)
      reply.hijack()
      const stream = reply.raw
      stream.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      })
      stream.write("retry: 2000\n\n")
      const seen = Number(request.headers["last-event-id"])
      if (Number.isSafeInteger(seen) && seen >= 0) {
        const missed = (replay[0]?.id ?? lastId + 1) > seen + 1 || seen > lastId
        if (missed) stream.write("event: reset\ndata: {}\n\n")
        else for (const { id, frame } of replay) if (id > seen) stream.write(frame)
      }
      streams.add(stream)
      const heartbeat = setInterval(() => {
        // A session that ended in the meantime ends its stream too.
        const { principal } = request
        send(stream, ": still here\n\n")
        if (principal !== undefined && principal.expiresAt !== null && principal.expiresAt <= clock.now()) stream.end()
        else if (principal?.kind === "user") accounts.isOpen(principal).then((open) => open || stream.end(), onError)
      }, heartbeatMs)
      stream.on("close", () => {
        clearInterval(heartbeat)
        streams.delete(stream)
      })
      stream.on("error", () => stream.destroy())
    },
  )

  return {
    watchers: () => streams.size,
    close: () => {
      for (const end of subscriptions) end()
      for (const stream of streams) stream.end()
    },
  }
}
