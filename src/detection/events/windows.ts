import { createShelf, type Millis, type Shelf, type Shelved } from "../../core/index.ts"
import { clear, countOf, dropUntil, type Marks, mark } from "./marks.ts"

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

/** Its marks: when each counted event was, by its value where values are counted. */
interface Window extends Shelved<Window>, Marks {
  readonly key: string
  readonly windowMs: Millis
  newest: Millis
  raisedAt: Millis | null
  serial: number
  /** The number of the step that touched it last. */
  touched: number
  quieter: Window | undefined
  busier: Window | undefined
}

// A key and its marks are about 250 bytes each (measured: 50 MB for 100,000 of both): under 100 MB, whatever is thrown at it.
const defaultBudget = 200_000
// Several sources may tell of different times by turns: none ends the windows of another that was heard of within so many steps.
const leastSteps = 1000
// More than one, so that what is over goes faster than what is new comes.
const endedAtOnce = 2

/**
 * Of a key one alert is raised per window: what comes within a window of it is aggregated. Keys whose window is over are forgotten; and
 * those that were not seen for longest, counted, when all that is kept is more than the budget (keys and marks).
 */
export function createWindows(budget = defaultBudget): Windows {
  const windows = new Map<string, Window>()
  // One for each length of window: the quietest of each is the next that is over.
  const shelves = new Map<Millis, Shelf<Window>>()
  let [marks, evicted, steps] = [0, 0, 0]

  const shelfOf = (windowMs: Millis): Shelf<Window> => {
    const known = shelves.get(windowMs)
    if (known !== undefined) return known
    const made = createShelf<Window>()
    shelves.set(windowMs, made)
    return made
  }

  const windowOf = ({ key, windowMs }: Occurrence): Window => {
    const known = windows.get(key)
    const window = known ?? emptyWindow(key, windowMs)
    const shelf = shelfOf(window.windowMs)
    if (known === undefined) windows.set(key, window)
    else shelf.remove(known)
    shelf.put(window)
    window.touched = steps
    return window
  }

  const forget = (window: Window) => {
    shelfOf(window.windowMs).remove(window)
    windows.delete(window.key)
    marks -= countOf(window)
  }

  const end = (at: Millis) => {
    for (const shelf of shelves.values())
      for (let ended = 0; ended < endedAtOnce; ended++) {
        const quietest = shelf.quietest()
        if (quietest === undefined || steps - quietest.touched < leastSteps || !isOver(quietest, at)) break
        forget(quietest)
      }
  }

  const evict = () => {
    while (windows.size > 1 && windows.size + marks > budget) {
      const quietest = quietestOf(shelves.values())
      if (quietest === undefined) return
      forget(quietest)
      evicted++
    }
  }

  return {
    step: (occurrence) => {
      steps++
      const window = windowOf(occurrence)
      const before = countOf(window)
      const step = take(window, occurrence)
      marks += countOf(window) - before
      end(occurrence.at)
      evict()
      return step
    },
    status: () => ({ keys: windows.size, evicted }),
  }
}

function emptyWindow(key: string, windowMs: Millis): Window {
  return {
    key,
    windowMs,
    only: undefined,
    onlyAt: 0,
    many: undefined,
    newest: Number.NEGATIVE_INFINITY,
    raisedAt: null,
    serial: 0,
    touched: 0,
    quieter: undefined,
    busier: undefined,
  }
}

/** Nothing that is counted in it, and no alert of it, is within a window of that time. */
function isOver({ newest, raisedAt, windowMs }: Window, at: Millis): boolean {
  return at - Math.max(newest, raisedAt ?? newest) >= windowMs
}

function quietestOf(shelves: Iterable<Shelf<Window>>): Window | undefined {
  let found: Window | undefined
  for (const shelf of shelves) {
    const one = shelf.quietest()
    if (one !== undefined && (found === undefined || one.touched < found.touched)) found = one
  }
  return found
}

function take(window: Window, { at, value, windowMs, count }: Occurrence): Step {
  if (window.raisedAt !== null && Math.abs(at - window.raisedAt) < windowMs) return "aggregated"
  window.newest = Math.max(window.newest, at)
  mark(window, value ?? String(window.serial++), at)
  // An event that comes late counts only where it lies within a window of the newest.
  dropUntil(window, window.newest - windowMs)
  if (countOf(window) < count) return "counted"
  clear(window)
  window.raisedAt = at
  return "raised"
}
