import { Tooltip } from "@mantine/core"
import { useEffect, useState } from "react"

/** The present, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

export function Time({ at }: { readonly at: number }) {
  const date = new Date(at)
  return (
    <Tooltip label={date.toISOString()}>
      <time dateTime={date.toISOString()} style={{ whiteSpace: "nowrap" }}>
        {date.toLocaleTimeString([], { hour12: false })}
      </time>
    </Tooltip>
  )
}

/** "12 s ago", "3 min ago". */
export function Ago({ at }: { readonly at: number }) {
  const now = useNow()
  return (
    <Tooltip label={new Date(at).toLocaleString()}>
      <time dateTime={new Date(at).toISOString()} style={{ whiteSpace: "nowrap" }}>
        {inShort(now - at)} ago
      </time>
    </Tooltip>
  )
}

export function Remaining({ until }: { readonly until: number | null }) {
  const now = useNow()
  if (until === null) return <>no end</>
  return (
    <span style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
      {until <= now ? "ending" : inShort(until - now)}
    </span>
  )
}

export function inShort(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}
