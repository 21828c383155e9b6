import { createShelf, type Millis, type Shelved } from "../../core/index.ts"

/** What an event came to: it made the threshold full, it counts towards it, or an alert already stands for it. */
export type Step = "raised" | "counted" | "aggregated"

export interface Occurrence {
  readonly key: string
  readonly at: Millis
  /** The value that counts, where different values are counted. */
  readonly value: string | null
  readonly windowMs: Millis
  readonly count: number
}

/** Counts events by key in a window that slides with their own times. */
export interface Windows {
  step(occurrence: Occurrence): Step
  status(): { readonly keys: number; readonly evicted: number }
}

interface Window extends Shelved<Window> {
  readonly key: string
  /** When each counted event was, by its value where values are counted. */
  readonly marks: Map<string, Millis>
  newest: Millis
  raisedAt: Millis | null
  serial: number
  quieter: Window | undefined
  busier: Window | undefined
}

// A key and its marks are about 250 bytes each (measured: 50 MB for 100,000 of both): under 100 MB, whatever is thrown at it.
const defaultBudget = 200_000

/**
 * Of a key one alert is raised per window: what comes within a window of it is aggregated. Keys that were not seen for longest are
 * forgotten, and counted, when all that is kept is more than the budget (keys and marks).
 */
export function createWindows(budget = defaultBudget): Windows {
  const windows = new Map<string, Window>()
  const shelf = createShelf<Window>()
  let [marks, evicted] = [0, 0]

  const windowOf = (key: string): Window => {
    const known = windows.get(key)
    if (known !== undefined) {
      shelf.remove(known)
      shelf.put(known)
      return known
    }
    const made: Window = {
      key,
      marks: new Map(),
      newest: Number.NEGATIVE_INFINITY,
      raisedAt: null,
      serial: 0,
      quieter: undefined,
      busier: undefined,
    }
    windows.set(key, made)
    shelf.put(made)
    return made
  }

  const evict = () => {
    while (windows.size > 1 && windows.size + marks > budget) {
      const quietest = shelf.quietest()
      if (quietest === undefined) return
      shelf.remove(quietest)
      windows.delete(quietest.key)
      marks -= quietest.marks.size
      evicted++
    }
  }

  return {
    step: (occurrence) => {
      const window = windowOf(occurrence.key)
      const before = window.marks.size
      const step = take(window, occurrence)
      marks += window.marks.size - before
      evict()
      return step
    },
    status: () => ({ keys: windows.size, evicted }),
  }
}

function take(window: Window, { at, value, windowMs, count }: Occurrence): Step {
  if (window.raisedAt !== null && Math.abs(at - window.raisedAt) < windowMs) return "aggregated"
  window.newest = Math.max(window.newest, at)
  const name = value ?? String(window.serial++)
  window.marks.set(name, Math.max(at, window.marks.get(name) ?? at))
  // An event that comes late counts only where it lies within a window of the newest.
  for (const [mark, when] of window.marks) if (when <= window.newest - windowMs) window.marks.delete(mark)
  if (window.marks.size < count) return "counted"
  window.marks.clear()
  window.raisedAt = at
  return "raised"
}
