import { type Direction, familyOf, lengthOf, prefix } from "../core/index.ts"
import { type Block, keyOf } from "./enforcer.ts"

type Place = Pick<Block, "target" | "direction">

/** Answers which of many prefixes holds a target, by looking up one key for each prefix length in use. */
export interface Coverage<B extends Place> {
  /** The one with this very target. */
  same(place: Place): B | undefined
  /** The widest that is wider than the target and holds it. */
  wider(place: Place): B | undefined
}

export function createCoverage<B extends Place>(blocks: readonly B[]): Coverage<B> {
  const byKey = new Map(blocks.map((block) => [keyOf(block), block]))
  const lengths = new Map<string, Set<number>>()
  for (const { target, direction } of blocks) {
    const kind = kindOf(target, direction)
    const known = lengths.get(kind)
    if (known === undefined) lengths.set(kind, new Set([lengthOf(target)]))
    else known.add(lengthOf(target))
  }
  const ascending = new Map([...lengths].map(([kind, of]) => [kind, [...of].sort((a, b) => a - b)]))
  return {
    same: (place) => byKey.get(keyOf(place)),
    wider: ({ target, direction }) => {
      const [base = "", own = "0"] = target.split("/")
      for (const length of ascending.get(kindOf(target, direction)) ?? []) {
        if (length >= Number(own)) return undefined
        const block = byKey.get(keyOf({ target: prefix(`${base}/${length}`), direction }))
        if (block !== undefined) return block
      }
      return undefined
    },
  }
}

function kindOf(target: Block["target"], direction: Direction): string {
  return `${direction} ${familyOf(target)}`
}
