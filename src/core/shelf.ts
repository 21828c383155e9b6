/** What stands on a shelf, with its neighbours; kept by the shelf alone. */
export interface Shelved<T> {
  quieter: T | undefined
  busier: T | undefined
}

/** Things in order of last use. Linked by hand: the first entry of a Set costs the more to find the more were deleted before it. */
export interface Shelf<T> {
  /** Puts it at the end of the last used. */
  put(item: T): void
  remove(item: T): void
  /** The one that was not used for longest. */
  quietest(): T | undefined
  size(): number
}

export function createShelf<T extends Shelved<T>>(): Shelf<T> {
  let quietest: T | undefined
  let busiest: T | undefined
  let size = 0
  return {
    put: (item) => {
      item.quieter = busiest
      if (busiest === undefined) quietest = item
      else busiest.busier = item
      busiest = item
      size++
    },
    remove: (item) => {
      const { quieter, busier } = item
      if (quieter === undefined) quietest = busier
      else quieter.busier = busier
      if (busier === undefined) busiest = quieter
      else busier.quieter = quieter
      item.quieter = undefined
      item.busier = undefined
      size--
    },
    quietest: () => quietest,
    size: () => size,
  }
}
