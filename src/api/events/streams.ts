import type { ServerResponse } from "node:http"
import type { Bus } from "../../bus/bus.ts"
import type { Clock } from "../../core/index.ts"
import type { Accounts } from "../auth/accounts.ts"
import type { Principal } from "../auth/principal.ts"
import type { StreamEvent } from "../contract/index.ts"
import { createReplay } from "./replay.ts"

// What a client that was away for a moment may still get; one that was away for longer loads everything anew.
const replayLimits = { maxFrames: 1000, maxBytes: 4 * 1024 * 1024 }
// A client that does not read is cut off when this much waits for it: what it missed and as much again.
const maxWaitingBytes = 8 * 1024 * 1024
const maxStreams = 200
// One principal's browsers and scripts may not take every place.
const maxStreamsEach = 50
const usualHeartbeatMs = 15_000

export interface EventDeps {
  readonly bus: Bus
  readonly accounts: Accounts
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Everybody who watches what moves through the bus. */
export interface Streams {
  /** False when there is no place. */
  hasPlaceFor(principal: Principal): boolean
  /** Takes the response over; `lastSeen` is the id of the last event that the client has. */
  add(response: ServerResponse, principal: Principal, lastSeen: number | undefined): void
  count(): number
  close(): void
}

interface Stream {
  readonly response: ServerResponse
  readonly principal: Principal
}

export function createStreams(
  { bus, accounts, clock, onError }: EventDeps,
  { heartbeatMs = usualHeartbeatMs }: { readonly heartbeatMs?: number | undefined },
): Streams {
  const streams = new Set<Stream>()
  // Ids start at the time of day, so that those of an earlier run are known to be old.
  let lastId = clock.now()
  const replay = createReplay(lastId, replayLimits)

  const send = ({ response }: Stream, bytes: Buffer) => {
    if (response.writableLength + bytes.length > maxWaitingBytes) response.destroy()
    else response.write(bytes)
  }
  const tell = (event: StreamEvent) => {
    const id = ++lastId
    const bytes = Buffer.from(`id: ${id}\nevent: ${event.kind}\ndata: ${onOneLine(event)}\n\n`, "utf8")
    replay.add({ id, bytes })
    for (const stream of streams) send(stream, bytes)
  }
  const ends = [
    bus.subscribe("alert", (alert) => tell({ kind: "alert", alert })),
    bus.subscribe("incident", (incident) => tell({ kind: "incident", incident })),
    bus.subscribe("countermeasure", (countermeasure) => tell({ kind: "countermeasure", countermeasure })),
    bus.subscribe("recommendation", (change) => tell({ kind: "recommendation", ...change })),
    accounts.onEnd((secretHashes) => {
      for (const { response, principal } of streams) if (secretHashes.includes(principal.secretHash)) response.end()
    }),
  ]
  const beat = setInterval(() => {
    for (const stream of streams) {
      send(stream, stillHere)
      // What ended by time, or at another server that shares the store.
      accounts.isOpen(stream.principal).then((open) => open || stream.response.end(), onError)
    }
  }, heartbeatMs)
  beat.unref()

  return {
    hasPlaceFor: ({ kind, name }) => {
      const own = [...streams].filter(({ principal }) => principal.kind === kind && principal.name === name)
      return streams.size < maxStreams && own.length < maxStreamsEach
    },
    add: (response, principal, lastSeen) => {
      // Who left before the answer began will not be seen leaving.
      if (response.destroyed) return
      const stream = { response, principal }
      streams.add(stream)
      response.on("close", () => streams.delete(stream))
      response.on("error", () => response.destroy())
      // The id is told at once: who is cut off before the first event knows from where on to ask.
      response.write(`retry: 2000\nid: ${lastSeen ?? lastId}\n\n`)
      if (lastSeen === undefined) return
      const missed = replay.since(lastSeen)
      if (missed === undefined) response.write(`id: ${lastId}\nevent: reset\ndata: {}\n\n`)
      else for (const { bytes } of missed) send(stream, bytes)
    },
    count: () => streams.size,
    close: () => {
      clearInterval(beat)
      for (const end of ends) end()
      for (const { response } of streams) response.end()
    },
  }
}

/** JSON has no line breaks but these two, which are some readers' idea of one. */
function onOneLine(event: StreamEvent): string {
  return JSON.stringify(event).replace(/[\u2028\u2029]/g, (char) => (char === "\u2028" ? "\\u2028" : "\\u2029"))
}

const stillHere = Buffer.from(": still here\n\n")
