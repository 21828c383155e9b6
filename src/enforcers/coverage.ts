import { familyOf, lengthOf, prefix } from "../core/index.ts"
import { type Block, keyOf, kindOf as kindOfBlock } from "./enforcer.ts"

type Place = Omit<Block, "expiresAt">

/** Answers which of many prefixes holds a target, by looking up one key for each prefix length in use. */
export interface Coverage<B extends Place> {
  /** The widest that is wider than the target and holds it. */
  wider(place: Place): B | undefined
}

export function createCoverage<B extends Place>(blocks: Iterable<B>): Coverage<B> {
  const byKey = new Map<string, B>()
  const lengths = new Map<string, Set<number>>()
  for (const block of blocks) {
    // An address holds nothing but itself, and most entries are addresses.
    if (isSingle(block)) continue
    byKey.set(keyOf(block), block)
    const kind = kindOf(block)
    const known = lengths.get(kind)
    if (known === undefined) lengths.set(kind, new Set([lengthOf(block.target)]))
    else known.add(lengthOf(block.target))
  }
  const ascending = new Map([...lengths].map(([kind, of]) => [kind, [...of].sort((a, b) => a - b)]))
  return {
    wider: (place) => {
      const inUse = ascending.get(kindOf(place))
      if (inUse === undefined) return undefined
      const { target } = place
      const slash = target.indexOf("/")
      for (const length of inUse) {
        if (length >= Number(target.slice(slash + 1))) return undefined
        const block = byKey.get(keyOf({ ...place, target: prefix(`${target.slice(0, slash)}/${length}`) }))
        if (block !== undefined) return block
      }
      return undefined
    },
  }
}

export function isSingle({ target }: Pick<Place, "target">): boolean {
  return target.endsWith(target.includes(":") ? "/128" : "/32")
}

function kindOf(place: Place): string {
  return familyOf(place.target) === 4 ? kindOfBlock(place) : `${kindOfBlock(place)} 6`
}
