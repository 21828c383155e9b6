import { useEffect, useRef } from "react"
import { type Place, places } from "./navigation.tsx"

export interface Shortcuts {
  readonly onGo: (to: Place["to"]) => void
  readonly onHelp: () => void
}

// How long after `g` the second key may come.
const chordMs = 1200

/** `g` and a letter goes somewhere, `?` helps, `j` and `k` move between the rows of the page; never while somebody types. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts)
  current.current = shortcuts
  useEffect(() => {
    let chordAt = 0
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element &&
        event.target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === "?") return current.current.onHelp()
      if (event.key === "j" || event.key === "k") return moveRow(event.key === "j" ? 1 : -1)
      const place = Date.now() - chordAt < chordMs ? places.find(({ key }) => key === event.key) : undefined
      chordAt = event.key === "g" ? Date.now() : 0
      if (place !== undefined) current.current.onGo(place.to)
    }
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  }, [])
}

function moveRow(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by))]?.focus()
}
