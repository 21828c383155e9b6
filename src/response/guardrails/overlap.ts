import { type Cidr, covers, familyOf, lengthOf, prefix } from "../../core/index.ts"

/** Many prefixes, asked which of them shares an address with a target. */
export interface Prefixes<T> {
  overlapping(target: Cidr): T | undefined
}

/** Looks up one key for each prefix length in use; only a target that is a range itself is held against each longer prefix. */
export function indexPrefixes<T extends { readonly prefix: Cidr }>(items: readonly T[]): Prefixes<T> {
  const byPrefix = new Map<Cidr, T>()
  const lengths = { 4: new Set<number>(), 6: new Set<number>() }
  for (const item of items) {
    byPrefix.set(item.prefix, item)
    lengths[familyOf(item.prefix)].add(lengthOf(item.prefix))
  }
  const holding = (target: Cidr) => {
    const own = lengthOf(target)
    const base = target.slice(0, target.indexOf("/"))
    for (const length of lengths[familyOf(target)]) {
      const item = length > own ? undefined : byPrefix.get(prefix(`${base}/${length}`))
      if (item !== undefined) return item
    }
    return undefined
  }
  const heldBy = (target: Cidr) => {
    if (lengthOf(target) === (familyOf(target) === 4 ? 32 : 128)) return undefined
    for (const [inner, item] of byPrefix) if (covers(target, inner)) return item
    return undefined
  }
  return { overlapping: (target) => holding(target) ?? heldBy(target) }
}
