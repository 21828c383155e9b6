/** Runs one task at a time, in the order of asking; a failure is its caller's alone. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>

export function createInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const mine = last.then(task)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Runs a few tasks at once and lets a few wait; beyond that it says no by `undefined` instead of piling up work. */
export function createGate({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }) {
  const queue: (() => void)[] = []
  let running = 0
  return async <T>(task: () => Promise<T>): Promise<T | undefined> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) return undefined
      await new Promise<void>((resolve) => queue.push(resolve))
    } else running++
    try {
      return await task()
    } finally {
      // The place goes straight to the next in line, so that nobody slips in between.
      const next = queue.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
