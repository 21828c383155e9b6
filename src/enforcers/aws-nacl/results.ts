import { covers, parseCidr } from "../../core/index.ts"
import { type Block, keyOf, type Operation, type OperationResult, type Place } from "../enforcer.ts"
import { type Joined, join } from "../joined.ts"
import type { Shortfall } from "./bring.ts"
import type { Entry, Snapshot } from "./target.ts"

/** What AWS shows of our entries, but for those that something before them lets pass. */
export function inForce(snapshot: Snapshot): readonly Place[] {
  return snapshot.shown ? standingIn(snapshot) : []
}

/** As `inForce`, with what was written and is not shown yet. */
export function standingIn(snapshot: Snapshot): readonly Place[] {
  return snapshot.entries.flatMap((entry) =>
    entry.isOurs && shadowOf(entry, snapshot) === undefined ? [{ target: entry.cidr, direction: entry.direction }] : [],
  )
}

/** What decides before this entry and lets all it denies pass, of one protocol at least. */
function shadowOf({ number, direction, cidr }: Entry, { entries }: Snapshot): Entry | undefined {
  return entries.find(
    (one) => one.allows && one.direction === direction && one.number < number && covers(one.cidr, cidr),
  )
}

interface Judging {
  readonly before: ReadonlyMap<string, Block>
  /** What stands there, and what of it is not wanted. */
  readonly there: Joined
  readonly unwanted: Joined
  /** The keys of what found no room. */
  readonly left: ReadonlySet<string>
  readonly shortfall: Shortfall
  readonly reasonOf: (place: Place) => string
  readonly snapshot: Snapshot
}

/** What became of each operation, as the network ACL shows it now. */
export function resultsBy({ before, there, unwanted, left, shortfall, reasonOf, snapshot }: Judging) {
  const shadowFor = ({ target, direction }: Place) => {
    const own = snapshot.entries.find((one) => one.isOurs && one.direction === direction && covers(one.cidr, target))
    return own === undefined ? undefined : shadowOf(own, snapshot)
  }
  return ({ kind, block }: Operation): OperationResult => {
    const failure = shortfall.failures.get(block.direction) ?? notShown
    if (kind === "remove") {
      if (unwanted.touches(block)) return { kind: "failed", reason: failure }
      return { kind: before.has(keyOf(block)) ? "applied" : "already" }
    }
    if (there.covers(block)) return { kind: "applied" }
    const refusal = refusalIn(shortfall, block)
    if (refusal !== undefined) return { kind: "failed", reason: refusal }
    if (left.has(keyOf(block))) return { kind: "not-enforced", reason: reasonOf(block) }
    const shadow = shadowFor(block)
    if (shadow === undefined) return { kind: "failed", reason: failure }
    const what = shadow.allProtocols ? "it" : "a part of it"
    return {
      kind: "failed",
      reason: `rule ${shadow.number} of the network ACL lets ${what} pass before Thwart's rules decide; give Thwart lower ruleNumbers`,
    }
  }
}

/** Why AWS does not take an entry that this block is a part of. */
export function refusalIn({ refused }: Pick<Shortfall, "refused">, block: Place): string | undefined {
  return [...refused].find(([bad]) => join([{ target: bad, direction: block.direction }]).touches(block))?.[1]
}

/** Why this can't stand in any network ACL. */
export function refusalOf({ target }: Place): OperationResult | undefined {
  return parseCidr(target) === target ? undefined : { kind: "failed", reason: `"${target}" is not a prefix` }
}

const notShown = "AWS took the change but does not show it yet; it is looked at again"
