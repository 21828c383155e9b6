/** A place in an `Order`; it is in one at a time. */
export class Entry<T> {
  readonly value: T
  before: Entry<T> | undefined = undefined
  after: Entry<T> | undefined = undefined
  owner: Order<T> | undefined = undefined

  constructor(value: T) {
    this.value = value
  }
}

/** A linked list whose entries leave or move to the end at no cost, for least-recently-used and first-due-first. */
export class Order<T> {
  first: Entry<T> | undefined = undefined
  #last: Entry<T> | undefined = undefined
  size = 0

  /** Puts it at the end, from wherever it was. */
  append(entry: Entry<T>): void {
    if (this.#last === entry) return
    entry.owner?.remove(entry)
    entry.owner = this
    entry.before = this.#last
    if (this.#last === undefined) this.first = entry
    else this.#last.after = entry
    this.#last = entry
    this.size++
  }

  remove(entry: Entry<T>): void {
    if (entry.owner !== this) return
    if (entry.before === undefined) this.first = entry.after
    else entry.before.after = entry.after
    if (entry.after === undefined) this.#last = entry.before
    else entry.after.before = entry.before
    entry.before = undefined
    entry.after = undefined
    entry.owner = undefined
    this.size--
  }
}
