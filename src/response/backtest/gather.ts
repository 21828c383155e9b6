import type { Page } from "../../store/store.ts"

/** Everything of a paged list, as it is read, up to so many. */
export async function* each<T>(
  fetch: (cursor: string | undefined) => Promise<Page<T>>,
  most: number,
): AsyncGenerator<T> {
  let left = most
  for (let cursor: string | undefined, more = true; more && left > 0; more = cursor !== undefined) {
    const page = await fetch(cursor)
    yield* page.items.slice(0, left)
    left -= page.items.length
    cursor = page.next
  }
}
