import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import type { IncidentPage, StreamEvent } from "../../../src/api/contract/index.ts"
import { incidents } from "./queries.ts"

export type Liveness = "connecting" | "live" | "lost"

// Many alerts a second are one reload of what shows them.
const gatherMs = 300

/** Follows the server's event stream and keeps what is on the screen up to date; tells how the connection is. */
export function useEvents(onNewIncident: (title: string) => void): Liveness {
  const client = useQueryClient()
  const [liveness, setLiveness] = useState<Liveness>("connecting")

  useEffect(() => {
    const source = new EventSource("/api/v1/events")
    const stale = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const reload = (...keys: readonly string[]) => {
      for (const key of keys) stale.add(key)
      timer ??= setTimeout(() => {
        timer = undefined
        for (const key of stale) void client.invalidateQueries({ queryKey: [key] })
        stale.clear()
      }, gatherMs)
    }
    const onMessage = (message: MessageEvent<string>) => {
      // The cast holds: the stream is written by the same contract.
      const event = JSON.parse(message.data) as StreamEvent
      if (event.kind === "incident" && putIncident(client, event.incident))
        onNewIncident(`${event.incident.title} by ${event.incident.attacker}`)
      if (event.kind === "incident") reload("incident", "status")
      else if (event.kind === "countermeasure") reload("countermeasures", "incident", "status")
      else if (event.kind === "recommendation") reload("recommendations", "recommendation")
      else reload("status")
    }
    for (const kind of ["alert", "incident", "countermeasure", "recommendation"] as const)
      source.addEventListener(kind, onMessage)
    source.addEventListener("reset", () => void client.invalidateQueries())
    source.addEventListener("open", () => setLiveness("live"))
    source.addEventListener("error", () => setLiveness("lost"))
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [client, onNewIncident])

  return liveness
}

/** Puts the incident in its place in the list at once; true when it was not there before. */
function putIncident(client: QueryClient, changed: IncidentPage["items"][number]): boolean {
  let isNew = false
  client.setQueryData(incidents.queryKey, (page) => {
    if (page === undefined) return page
    const known = page.items.findIndex(({ id }) => id === changed.id)
    isNew = known < 0
    if (!isNew && (page.items[known]?.version ?? 0) > changed.version) return page
    return { ...page, items: isNew ? [changed, ...page.items] : page.items.with(known, changed) }
  })
  return isNew
}
