// In one commit: more gains nothing, and delays what waits for its turn.
const most = 256

/** Runs what is asked for while it waits for its turn in one go: a commit waits for the disk once, however much is in it. */
export function createGathered<T>(
  serially: (task: () => Promise<void>) => Promise<void>,
  run: (items: readonly T[]) => Promise<void>,
): (item: T) => Promise<void> {
  let open: { readonly items: T[]; readonly done: Promise<void> } | undefined
  return (item) => {
    if (open !== undefined && open.items.length < most) {
      open.items.push(item)
      return open.done
    }
    const items = [item]
    const done = serially(async () => {
      if (open?.items === items) open = undefined
      // What else happens gets its turn between two commits.
      await new Promise((resolve) => setImmediate(resolve))
      await run(items)
    })
    open = { items, done }
    return done
  }
}
