export interface GroupCommit<T> {
  /** Resolves when what was given is committed, rejects when it is not; others' failures are not its own. */
  add(item: T): Promise<void>
  close(): Promise<void>
}

// Each commit waits for the disk once, however much is in it; more than this delays the first of the group for nothing.
const maxGroup = 256

interface Waiting<T> {
  readonly item: T
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Gathers what arrives while a commit is under way into the next one. A group that fails is tried again one by one. */
export function createGroupCommit<T>(commit: (items: readonly T[]) => Promise<void>): GroupCommit<T> {
  const queue: Waiting<T>[] = []
  let running: Promise<void> | undefined

  const attempt = async (group: readonly Waiting<T>[]) => {
    try {
      await commit(group.map(({ item }) => item))
      for (const { resolve } of group) resolve()
    } catch (error) {
      const [only, ...others] = group
      if (others.length === 0) only?.reject(error)
      else for (const single of group) await attempt([single])
    }
  }
  const run = async () => {
    while (queue.length > 0) await attempt(queue.splice(0, maxGroup))
    running = undefined
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        running ??= run()
      }),
    close: async () => {
      while (running !== undefined) await running
    },
  }
}
