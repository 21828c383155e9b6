import { type Cidr, type Clock, familyOf, type Millis, parseCidr } from "../../core/index.ts"
import type { Block, Enforcer, Observed, Operation, OperationResult, Place } from "../enforcer.ts"
import type { WebAclArn } from "./arn.ts"
import { type BringDeps, bring, families, type Shortfall } from "./bring.ts"
import type { WafApi, WafCall } from "./client.ts"
import type { AwsWafSettings } from "./config.ts"
import { failureOf, isOutdated } from "./diagnosis.ts"
import { createDryRunApi } from "./dry-run.ts"
import { namesFor } from "./names.ts"
import { type Family, type Ranges, rangesOf } from "./ranges.ts"
import { rulesWith, setsInForce } from "./rules.ts"
import { createTarget, type Snapshot } from "./target.ts"

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
/** How long a limit that AWS set is believed before it is tried again. */
const limitHoldsMs: Millis = 600_000

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
  let entries: ReadonlyMap<Cidr, Block> | undefined
  let limited: { readonly limits: ReadonlyMap<Family, number>; readonly at: Millis } | undefined

  const limitsNow = () =>
    new Map(limited !== undefined && clock.now() - limited.at < limitHoldsMs ? limited.limits : [])
  const roomOf = (family: Family) => (limitsNow().get(family) ?? options.setsPerFamily) * setSize
  const inForce = (snapshot: Snapshot): readonly Cidr[] => {
    const looked = setsInForce(snapshot.rules, rules)
    if (!snapshot.shown) return []
    return snapshot.sets.flatMap((set) => (set.shown && looked.has(set.arn) ? set.addresses : []))
  }

  const observe = async (signal: AbortSignal, wanted: readonly Place[] = []): Promise<readonly Observed[]> => {
    const snapshot = await target.readShown(signal)
    const standing = inForce(snapshot)
    const known = new Map<Cidr, Block>()
    for (const { target: cidr, direction } of wanted)
      if (direction === "inbound" && isSound(cidr)) known.set(cidr, inbound(cidr, null))
    for (const [cidr, block] of entries ?? []) known.set(cidr, block)
    entries = explained(standing, known)
    return [...entries.values()]
  }

  const perform = async (operations: readonly Operation[], signal: AbortSignal) => {
    const before = entries ?? new Map<Cidr, Block>()
    const after = applied(operations, before)
    const modelled = byFamily([...before.keys(), ...after.keys()])
    const goal = byFamily(after.keys())
    const shortfall: Shortfall = { refused: new Map(), left: new Map(), failures: new Map(), limits: limitsNow() }
    await bring(
      (family, snapshot, refused) => {
        const bad = rangesOf(
          family,
          [...refused.keys()].filter(isSound).filter((one) => familyOf(one) === family),
        )
        const ranges = rangesOf(
          family,
          [...after.keys()].filter((one) => familyOf(one) === family && !bad.touches(one)),
        )
        // What somebody else put there, and nobody has asked to remove yet, is left for the next look.
        for (const cidr of inForce(snapshot))
          if (familyOf(cidr) === family && !modelled(family).covers(cidr)) ranges.add(cidr)
        return ranges.cidrs()
      },
      bringDeps,
      { shortfall, signal },
    )
    limited = shortfall.limits.size === 0 ? undefined : { limits: shortfall.limits, at: limited?.at ?? clock.now() }
    if (dryRun) {
      target.forget()
      return () => dryRunResult
    }
    const standing = byFamily(inForce(await target.readShown(signal)))
    const isThere = (cidr: Cidr) => standing(familyOf(cidr)).covers(cidr)
    const unwanted = byFamily(
      families.flatMap((family) => standing(family).cidrs()).filter((one) => !goal(familyOf(one)).covers(one)),
    )
    entries = new Map([...after].filter(([cidr]) => isThere(cidr)))
    return resultsBy({ before, isThere, unwanted, shortfall, roomOf, webAcl })
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
    excess: (ranked) => families.flatMap((family) => excessOf(family, ranked, { room: roomOf(family), webAcl })),
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
  readonly before: ReadonlyMap<Cidr, Block>
  readonly isThere: (cidr: Cidr) => boolean
  /** What stands there and is not wanted. */
  readonly unwanted: (family: Family) => Ranges
  readonly shortfall: Shortfall
  readonly roomOf: (family: Family) => number
  readonly webAcl: WebAclArn
}

function resultsBy({ before, isThere, unwanted, shortfall, roomOf, webAcl }: Judging) {
  const left = byFamily([...shortfall.left.values()].flat())
  const refusedFor = ({ target }: Pick<Block, "target">) =>
    [...shortfall.refused].find(([bad]) => isSound(bad) && rangesOf(familyOf(bad), [bad]).touches(target))?.[1]
  return ({ kind, block }: Operation): OperationResult => {
    const family = familyOf(block.target)
    const failure = shortfall.failures.get(family) ?? notShown
    if (kind === "remove") {
      if (unwanted(family).touches(block.target)) return { kind: "failed", reason: failure }
      return { kind: before.has(block.target) ? "applied" : "already" }
    }
    if (isThere(block.target)) return { kind: "applied" }
    const refusal = shortfall.refused.size === 0 ? undefined : refusedFor(block)
    if (refusal !== undefined) return { kind: "failed", reason: refusal }
    if (left(family).touches(block.target))
      return { kind: "not-enforced", reason: fullReason(family, { room: roomOf(family), webAcl }) }
    return { kind: "failed", reason: failure }
  }
}

const notShown = "AWS took the change but does not show it yet; it is looked at again"
const dryRunResult: OperationResult = { kind: "not-enforced", reason: "dry run: nothing is changed in AWS" }

function fullReason(family: Family, { room, webAcl }: { readonly room: number; readonly webAcl: WebAclArn }): string {
  return `capacity: the web ACL ${webAcl.name} has room for ${room} prefixes of IPv${family}, and they are taken by what ranks higher`
}

/** Those that find no room after joining, the most important first; what joins a neighbour may need none. */
function excessOf(
  family: Family,
  ranked: readonly Block[],
  { room, webAcl }: { readonly room: number; readonly webAcl: WebAclArn },
) {
  const own = ranked.filter((block) => refusalOf(block) === undefined && familyOf(block.target) === family)
  if (
    own.length <= room ||
    rangesOf(
      family,
      own.map(({ target }) => target),
    ).size <= room
  )
    return []
  const ranges = rangesOf(family, [])
  return own.flatMap((block) => {
    if (ranges.sizeWith(block.target) > room) return [{ block, reason: fullReason(family, { room, webAcl }) }]
    ranges.add(block.target)
    return []
  })
}

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

function inbound(target: Cidr, expiresAt: Millis | null): Block {
  return { target, direction: "inbound", expiresAt }
}

function byFamily(cidrs: Iterable<Cidr>): (family: Family) => Ranges {
  const list = [...cidrs]
  const ranges = {
    4: rangesOf(
      4,
      list.filter((one) => familyOf(one) === 4),
    ),
    6: rangesOf(
      6,
      list.filter((one) => familyOf(one) === 6),
    ),
  }
  return (family) => ranges[family]
}

/** What stands there, told as the entries that are known; the rest as it stands. */
function explained(standing: readonly Cidr[], known: ReadonlyMap<Cidr, Block>): ReadonlyMap<Cidr, Block> {
  const there = byFamily(standing)
  const model = byFamily(known.keys())
  const result = new Map([...known].filter(([cidr]) => there(familyOf(cidr)).covers(cidr)))
  for (const cidr of standing) if (!model(familyOf(cidr)).covers(cidr)) result.set(cidr, inbound(cidr, null))
  return result
}

function applied(operations: readonly Operation[], before: ReadonlyMap<Cidr, Block>): ReadonlyMap<Cidr, Block> {
  const after = new Map(before)
  for (const operation of operations) {
    if (operation.kind === "remove") after.delete(operation.block.target)
    else after.set(operation.block.target, inbound(operation.block.target, operation.block.expiresAt))
  }
  return after
}
