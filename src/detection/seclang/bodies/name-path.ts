import type { Latin1 } from "../../../core/index.ts"

/**
 * A path of names in a document (`json.user.name`). The documents of a site have the same names again and again: they are kept from one
 * to the next, so that a name is neither put together nor looked up anew.
 */
export interface NamePath {
  readonly text: Latin1
  member(name: Latin1): NamePath
  item(index: number): NamePath
}

// Clients choose names: when so many are kept, all are forgotten.
const maxPaths = 4096

/** Hands out where a document begins. */
export function createNamePaths(root: Latin1): () => NamePath {
  let count = 0
  const create = (text: Latin1): NamePath => {
    // Most are the names of values, and have none behind them.
    let members: Map<Latin1, NamePath> | undefined
    let items: NamePath[] | undefined
    count++
    return {
      text,
      member: (name) => {
        const known = members?.get(name)
        if (known !== undefined) return known
        const made = create(`${text}.${name === "" ? "empty-key" : name}`)
        members ??= new Map()
        members.set(name, made)
        return made
      },
      item: (index) => {
        const known = items?.[index]
        if (known !== undefined) return known
        const made = create(`${text}.array_${index}`)
        items ??= []
        // In order: a list with gaps would cost more than it holds.
        if (index === items.length) items.push(made)
        return made
      },
    }
  }
  let first = create(root)
  return () => {
    if (count > maxPaths) {
      count = 0
      first = create(root)
    }
    return first
  }
}
