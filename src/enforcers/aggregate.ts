import { lengthOf, prefix } from "../core/index.ts"
import { createCoverage } from "./coverage.ts"
import { type Block, keyOf } from "./enforcer.ts"
import { endsLater } from "./planner.ts"

/**
 * Joins neighbours that make up a wider prefix, exactly and no more, where there is no room for each of them: it lasts as long as both
 * are wanted, and stands where the higher ranking of them stood. Nothing is joined to what shall be avoided, such as what failed before.
 */
export function aggregate(
  desired: ReadonlyMap<string, Block>,
  avoid: { has(key: string): boolean },
): Map<string, Block> {
  const joined = new Map(desired)
  // For what stands where: a prefix may only be made outside of those that are wanted anyway.
  const coverage = createCoverage(desired.values())
  const byLength = Map.groupBy(desired.values(), ({ target }) => lengthOf(target))
  const ranks = new Map([...desired.keys()].map((key, rank) => [key, rank]))

  for (let length = 128; length > 0; length--) {
    const pairs = Map.groupBy(byLength.get(length) ?? [], (block) => keyOf(parentOf(block)))
    for (const [key, [one, other]] of pairs) {
      if (one === undefined || other === undefined || joined.has(key)) continue
      const parent = {
        ...parentOf(one),
        expiresAt: endsLater(one.expiresAt, other.expiresAt) ? other.expiresAt : one.expiresAt,
      }
      if (coverage.wider(parent) !== undefined || avoid.has(key)) continue
      joined.delete(keyOf(one))
      joined.delete(keyOf(other))
      joined.set(key, parent)
      ranks.set(key, Math.min(rankOf(ranks, one), rankOf(ranks, other)))
      const next = byLength.get(length - 1)
      if (next === undefined) byLength.set(length - 1, [parent])
      else next.push(parent)
    }
  }
  return new Map([...joined].sort(([one], [other]) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0)))
}

function parentOf(block: Block): Block {
  const { target } = block
  return { ...block, target: prefix(`${target.slice(0, target.indexOf("/"))}/${lengthOf(target) - 1}`) }
}

function rankOf(ranks: ReadonlyMap<string, number>, block: Block): number {
  return ranks.get(keyOf(block)) ?? 0
}
