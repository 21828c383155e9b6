import { type Clock, type Direction, familyOf, type Millis } from "../../core/index.ts"
import { awsFailure } from "../aws/diagnosis.ts"
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
import { applied, endless, explained, join } from "../joined.ts"
import { bring, directions, families, type Shortfall } from "./bring.ts"
import type { NaclApi, NaclCall } from "./client.ts"
import type { AwsNaclSettings, NetworkAclArn } from "./config.ts"
import { subjectOf } from "./diagnosis.ts"
import { inForce, refusalIn, refusalOf, resultsBy, standingIn } from "./results.ts"
import { fill, roomsIn } from "./rooms.ts"
import { createTarget, type Snapshot } from "./target.ts"

export interface AwsNaclDeps {
  readonly clock: Clock
  /** Paced: all that share a region share it. */
  readonly api: NaclApi
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
  /** Hears of each call that would be made, when the settings ask for a dry run. */
  readonly onDryRun: (call: NaclCall) => void
}

export interface AwsNaclOptions extends AwsNaclSettings {
  readonly networkAcl: NetworkAclArn
}

/** Denies addresses at one network ACL, in and out, by entries in a range of numbers that is ours. It knows no ends; Thwart removes what is over. */
export function createAwsNaclEnforcer(deps: AwsNaclDeps, options: AwsNaclOptions): Enforcer {
  const { clock, sleep, onDryRun } = deps
  const { networkAcl, dryRun, quota } = options
  const subject = subjectOf(networkAcl)
  const api = dryRun ? createDryRunApi(deps.api, onDryRun) : deps.api
  const target = createTarget({ api, clock, sleep }, networkAcl, options)
  let entries: ReadonlyMap<string, Block> | undefined
  let last: Snapshot | undefined
  const limits = createLimits<string>(clock)
  const roomsNow = () => roomsIn(last, limits.now(), options)
  const reasonOf = ({ target: cidr, direction }: Place) =>
    `capacity: the network ACL ${networkAcl.id} has room for ${roomsNow()(direction).of[familyOf(cidr)]} of Thwart's ${direction} entries for IPv${familyOf(cidr)} (quota ${quota}), and they are taken by what ranks higher`

  const look = async (signal: AbortSignal): Promise<Snapshot> => {
    last = await target.readShown(signal)
    return last
  }
  const observe = async (signal: AbortSignal, wanted: readonly Place[] = []): Promise<readonly Observed[]> => {
    const known = new Map<string, Block>()
    for (const place of wanted) if (refusalOf(place) === undefined) known.set(keyOf(place), endless(place))
    for (const [key, block] of entries ?? []) known.set(key, block)
    entries = explained(inForce(await look(signal)), known)
    return [...entries.values()]
  }

  const perform = async (operations: readonly Operation[], signal: AbortSignal) => {
    const before = entries ?? new Map<string, Block>()
    const after = applied(operations, before)
    const asked = operations.map(({ block }) => block)
    const [modelled, goal] = [join([...before.values(), ...after.values(), ...asked]), join(after.values())]
    const shortfall: Shortfall = { limits: limits.now(), refused: new Map(), failures: new Map() }
    const filled = (direction: Direction, snapshot: Snapshot) => {
      const mine = [...after.values()].filter(
        (block) => block.direction === direction && refusalIn(shortfall, block) === undefined,
      )
      // What somebody else put there, and nobody has asked to remove yet, is left for the next look.
      const strange = standingIn(snapshot).filter((place) => place.direction === direction && !modelled.covers(place))
      return fill([...strange.map(endless), ...mine], roomsIn(snapshot, shortfall.limits, options)(direction))
    }
    await bring(
      (direction, snapshot) => families.flatMap((family) => filled(direction, snapshot).kept[family].cidrs()),
      { target, subject, sleep },
      { shortfall, signal },
    )
    limits.note(shortfall.limits)
    if (dryRun) {
      target.forget()
      return () => dryRunResult
    }
    const snapshot = await look(signal)
    const standing = inForce(snapshot)
    const there = join(standing)
    entries = new Map([...after].filter(([, block]) => there.covers(block)))
    const left = new Set(directions.flatMap((direction) => filled(direction, snapshot).excess.map(keyOf)))
    const unwanted = join(standing.filter((place) => !goal.covers(place)))
    return resultsBy({ before, there, unwanted, left, shortfall, reasonOf, snapshot })
  }

  return {
    id: `aws-nacl:${networkAcl.region}/${networkAcl.id}`,
    summary: `Deny addresses at the network ACL ${networkAcl.id} (${networkAcl.region})`,
    timeouts: "by-thwart",
    toleranceMs: 0,
    observe: (signal, wanted) =>
      observe(signal, wanted).catch((error: unknown) => Promise.reject(awsFailure(error, subject))),
    apply: async (operations, signal) => {
      try {
        if (entries === undefined) await observe(signal)
        const verdict = await perform(
          operations.filter(({ block }) => refusalOf(block) === undefined),
          signal,
        )
        return operations.map((operation) => refusalOf(operation.block) ?? verdict(operation))
      } catch (error) {
        throw awsFailure(error, subject)
      }
    },
    excess: (ranked) =>
      directions.flatMap((direction) => {
        const own = ranked.filter((block) => block.direction === direction && refusalOf(block) === undefined)
        const { excess } = fill(own, roomsNow()(direction))
        return excess.map((block) => ({ block, reason: reasonOf(block) }))
      }),
    teardown: async (signal) => {
      try {
        const shortfall: Shortfall = { limits: new Map(), refused: new Map(), failures: new Map() }
        await bring(() => [], { target, subject, sleep }, { shortfall, signal })
        entries = undefined
      } catch (error) {
        throw awsFailure(error, subject)
      }
    },
    close: async () => undefined,
  }
}

const dryRunResult: OperationResult = { kind: "not-enforced", reason: "dry run: nothing is changed in AWS" }
