import { type Cidr, type Clock, familyOf, type Millis, parseCidr } from "../../core/index.ts"
import { createDryRunApi } from "../aws/dry-run.ts"
import { createLimits } from "../aws/limits.ts"
import {
  type Block,
  type Enforcer,
  keyOf,
  type Observed,
  type Operation,
  type OperationResult,
  type Place,
} from "../enforcer.ts"
import { applied, endless, excessOf, explained, type Joined, join, type Room } from "../joined.ts"
import { type Family, rangesOf } from "../ranges.ts"
import type { WebAclArn } from "./arn.ts"
import { type BringDeps, bring, families, type Shortfall } from "./bring.ts"
import type { WafApi, WafCall } from "./client.ts"
import type { AwsWafSettings } from "./config.ts"
import { failureOf, isOutdated } from "./diagnosis.ts"
import { namesFor } from "./names.ts"
import { rulesWith, setsInForce } from "./rules.ts"
import { createTarget, type OurSet, type Snapshot } from "./target.ts"

export interface AwsWafDeps {
  readonly clock: Clock
  /** Paced: all that share a region share it. */
  readonly api: WafApi
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
  /** Hears of each call that would be made, when the settings ask for a dry run. */
  readonly onDryRun: (call: WafCall) => void
}

export interface AwsWafOptions extends AwsWafSettings {
  readonly webAcl: WebAclArn
  /** Entries of one IP set. */
  readonly setSize?: number
}

// The service's quota.
const maxSetSize = 10_000

/** Stable, whatever else is configured: the store knows countermeasures by it. */
export function awsWafId({ scope, region, name }: WebAclArn): string {
  return `aws-waf:${scope === "CLOUDFRONT" ? "cloudfront" : region}/${name}`
}

/** Holds addresses back at one web ACL: rules that look at IP sets of ours. The sets know no ends, so Thwart removes what is over. */
export function createAwsWafEnforcer(deps: AwsWafDeps, options: AwsWafOptions): Enforcer {
  const { clock, sleep, onDryRun } = deps
  const { webAcl, setSize = maxSetSize, dryRun } = options
  const names = namesFor(webAcl, options.namePrefix)
  const api = dryRun ? createDryRunApi(deps.api, onDryRun) : deps.api
  const target = createTarget({ api, clock, sleep }, webAcl, names)
  const rules = { names, settings: options }
  const bringDeps: BringDeps = { target, webAcl, names, settings: options, size: setSize, sleep }
  /** What stands in the target, entry by entry; there it is joined to as few prefixes as possible. */
  let entries: ReadonlyMap<string, Block> | undefined
  const limits = createLimits<Family>(clock)

  const roomOf = (family: Family): Room => {
    const size = (limits.now().get(family) ?? options.setsPerFamily) * setSize
    const reason = `capacity: the web ACL ${webAcl.name} has room for ${size} prefixes of IPv${family}, and they are taken by what ranks higher`
    return { size, reason }
  }
  const placesIn = (snapshot: Snapshot, counts: (set: OurSet) => boolean): readonly Place[] => {
    const looked = setsInForce(snapshot.rules, rules)
    return snapshot.sets.flatMap((set) => (looked.has(set.arn) && counts(set) ? set.addresses.map(inbound) : []))
  }
  const inForce = (snapshot: Snapshot) => placesIn(snapshot, ({ shown }) => snapshot.shown && shown)

  const observe = async (signal: AbortSignal, wanted: readonly Place[] = []): Promise<readonly Observed[]> => {
    const snapshot = await target.readShown(signal)
    const known = new Map<string, Block>()
    for (const place of wanted) if (refusalOf(place) === undefined) known.set(keyOf(place), endless(place))
    for (const [key, block] of entries ?? []) known.set(key, block)
    entries = explained(inForce(snapshot), known)
    return [...entries.values()]
  }

  const perform = async (operations: readonly Operation[], signal: AbortSignal) => {
    const before = entries ?? new Map<string, Block>()
    const after = applied(operations, before)
    const asked = operations.map(({ block }) => block)
    const [modelled, goal] = [join([...before.values(), ...after.values(), ...asked]), join(after.values())]
    const shortfall: Shortfall = { refused: new Map(), left: new Map(), failures: new Map(), limits: limits.now() }
    await bring(
      (family, snapshot, refused) => {
        const bad = join([...refused.keys()].filter(isSound).map(inbound))
        const ranges = rangesOf(
          family,
          [...after.values()]
            .filter((block) => familyOf(block.target) === family && !bad.touches(block))
            .map(({ target: cidr }) => cidr),
        )
        // What somebody else put there, and nobody has asked to remove yet, is left for the next look.
        for (const place of placesIn(snapshot, () => true))
          if (familyOf(place.target) === family && !modelled.covers(place)) ranges.add(place.target)
        return ranges.cidrs()
      },
      bringDeps,
      { shortfall, signal },
    )
    limits.note(shortfall.limits)
    if (dryRun) {
      target.forget()
      return () => dryRunResult
    }
    const standing = inForce(await target.readShown(signal))
    const there = join(standing)
    entries = new Map([...after].filter(([, block]) => there.covers(block)))
    const unwanted = join(standing.filter((place) => !goal.covers(place)))
    return resultsBy({ before, there, unwanted, shortfall, roomOf })
  }

  return {
    id: awsWafId(webAcl),
    summary: `Hold addresses back at the AWS WAF web ACL ${webAcl.name} (${webAcl.scope === "CLOUDFRONT" ? "CloudFront" : webAcl.region})`,
    timeouts: "by-thwart",
    toleranceMs: 0,
    observe: (signal, wanted) =>
      observe(signal, wanted).catch((error: unknown) => Promise.reject(failureOf(error, webAcl))),
    apply: async (operations, signal) => {
      try {
        if (entries === undefined) await observe(signal)
        const verdict = await perform(
          operations.filter((operation) => refusalOf(operation.block) === undefined),
          signal,
        )
        return operations.map((operation) => refusalOf(operation.block) ?? verdict(operation))
      } catch (error) {
        throw failureOf(error, webAcl)
      }
    },
    excess: (ranked) =>
      families.flatMap((family) => {
        const own = ranked.filter((block) => refusalOf(block) === undefined && familyOf(block.target) === family)
        return excessOf(own, family, roomOf(family))
      }),
    teardown: async (signal) => {
      try {
        for (let round = 0; !(await isTornDown(round, signal)); round++) await sleep(200 * 2 ** round, signal)
        entries = undefined
      } catch (error) {
        throw failureOf(error, webAcl)
      }
    },
    close: async () => undefined,
  }

  /** Rules first: a set that a rule looks at can't be deleted. */
  async function isTornDown(round: number, signal: AbortSignal): Promise<boolean> {
    try {
      const snapshot = await target.read(signal)
      const without = rulesWith(snapshot.rules, [], rules)
      if (without.length !== snapshot.rules.length) await target.writeRules(snapshot, without, signal)
      for (const set of snapshot.sets) await target.deleteSet(set, signal)
      return true
    } catch (error) {
      if (round < maxTeardownRounds && isOutdated(error)) return false
      throw error
    }
  }
}

const maxTeardownRounds = 6

interface Judging {
  readonly before: ReadonlyMap<string, Block>
  /** What stands there, and what of it is not wanted. */
  readonly there: Joined
  readonly unwanted: Joined
  readonly shortfall: Shortfall
  readonly roomOf: (family: Family) => Room
}

function resultsBy({ before, there, unwanted, shortfall, roomOf }: Judging) {
  const left = join([...shortfall.left.values()].flat().map(inbound))
  const refusedFor = (place: Place) =>
    [...shortfall.refused].find(([bad]) => isSound(bad) && join([inbound(bad)]).touches(place))?.[1]
  return ({ kind, block }: Operation): OperationResult => {
    const family = familyOf(block.target)
    const failure = shortfall.failures.get(family) ?? notShown
    if (kind === "remove") {
      if (unwanted.touches(block)) return { kind: "failed", reason: failure }
      return { kind: before.has(keyOf(block)) ? "applied" : "already" }
    }
    if (there.covers(block)) return { kind: "applied" }
    const refusal = refusedFor(block)
    if (refusal !== undefined) return { kind: "failed", reason: refusal }
    if (left.touches(block)) return { kind: "not-enforced", reason: roomOf(family).reason }
    return { kind: "failed", reason: failure }
  }
}

const notShown = "AWS took the change but does not show it yet; it is looked at again"
const dryRunResult: OperationResult = { kind: "not-enforced", reason: "dry run: nothing is changed in AWS" }

/** Why the service can't hold this at all. */
function refusalOf({ target, direction }: Place): OperationResult | undefined {
  if (!isSound(target)) return { kind: "failed", reason: `"${target}" is not a prefix` }
  if (direction === "outbound") return { kind: "not-enforced", reason: "AWS WAF sees requests that come in only" }
  if (target.endsWith("/0")) return { kind: "not-enforced", reason: "AWS WAF takes no prefix of length 0" }
  return undefined
}

function isSound(target: string): boolean {
  return parseCidr(target) === target
}

function inbound(target: Cidr): Place {
  return { target, direction: "inbound" }
}
