/**
 * A value that others see late: `seen` is what a read answers, which is older than the truth for a while after each write.
 * Undefined: not there (yet, or any more).
 */
export interface Versioned<T> {
  readonly createdAt: number
  current(): T | undefined
  seen(): T | undefined
  write(value: T | undefined): void
}

export function createVersioned<T>(first: T, now: () => number, staleMs: () => number): Versioned<T> {
  const createdAt = now()
  const versions: { readonly at: number; readonly value: T | undefined }[] = [{ at: createdAt, value: first }]
  return {
    createdAt,
    current: () => versions.at(-1)?.value,
    seen: () => versions.findLast(({ at }) => at + staleMs() <= now())?.value,
    write: (value) => void versions.push({ at: now(), value }),
  }
}
