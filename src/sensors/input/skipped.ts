/** Counts what could not be read, by reason. */
export interface Skipped {
  add(reason: string, count?: number): void
  counts(): Readonly<Record<string, number>>
}

// Reasons are a fixed vocabulary but for a number inside a few of them, which comes out of the input.
const mostReasons = 200

export function createSkipped(): Skipped {
  const counts = new Map<string, number>()
  return {
    add: (reason, count = 1) => {
      const known = counts.get(reason)
      if (known === undefined && counts.size >= mostReasons) return
      counts.set(reason, (known ?? 0) + count)
    },
    counts: () => Object.fromEntries(counts),
  }
}
