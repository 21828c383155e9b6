import type { Cidr, Millis } from "../../core/index.ts"
import type { Family } from "../ranges.ts"
import type { WebAclArn } from "./arn.ts"
import { badAddressIn, diagnosisOf, isFull, isOutdated } from "./diagnosis.ts"
import type { Names } from "./names.ts"
import { planSets, type SetPlan } from "./planner.ts"
import { type RuleSettings, rulesWith, sameRules, setsInForce } from "./rules.ts"
import type { OurSet, Snapshot, Target } from "./target.ts"

export const families = [4, 6] as const

/** What stays away from the web ACL although it is wanted, and why. */
export interface Shortfall {
  /** What the service does not take. */
  readonly refused: Map<Cidr, string>
  /** What found no room. */
  readonly left: Map<Family, readonly Cidr[]>
  /** Why a family could not be written. */
  readonly failures: Map<Family, string>
  /** How many sets a family may have, where that turned out to be fewer than asked for. */
  readonly limits: Map<Family, number>
}

export interface BringDeps {
  readonly target: Target
  readonly webAcl: WebAclArn
  readonly names: Names
  readonly settings: RuleSettings & { readonly setsPerFamily: number }
  /** Entries of one set. */
  readonly size: number
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
}

/** What shall stand in the sets of a family, given what stands there now and what the service refuses. */
export type WantedOf = (family: Family, now: Snapshot, refused: ReadonlyMap<Cidr, string>) => readonly Cidr[]

const maxRounds = 10
const firstPauseMs: Millis = 200
const longestPauseMs: Millis = 3000

/** Reads, plans and writes until the web ACL is as it is wanted, or can't be; whoever writes in between is read again and planned for. */
export async function bring(
  wantedOf: WantedOf,
  deps: BringDeps,
  { shortfall, signal }: { readonly shortfall: Shortfall; readonly signal: AbortSignal },
): Promise<void> {
  for (let round = 0; round < maxRounds; round++) {
    const snapshot = await deps.target.read(signal)
    const run = createRun(snapshot, deps, { shortfall, signal })
    const plans = new Map(
      families.map((family) => {
        const plan = planSets({
          family,
          wanted: wantedOf(family, snapshot, shortfall.refused),
          sets: snapshot.sets.filter((set) => set.family === family),
          size: deps.size,
          maxSets: shortfall.limits.get(family) ?? deps.settings.setsPerFamily,
        })
        shortfall.left.set(family, plan.left)
        return [family, plan]
      }),
    )
    await carryOut(plans, run)
    if (!run.again()) return
    await deps.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** round), signal)
  }
  for (const family of families)
    if (!shortfall.failures.has(family))
      shortfall.failures.set(family, "others keep changing it at the same time; it is tried again")
}

interface Run {
  readonly snapshot: Snapshot
  readonly deps: BringDeps
  readonly shortfall: Shortfall
  readonly signal: AbortSignal
  /** True when it has to be read and planned anew. */
  again(): boolean
  /** Takes one step for these families; false when it failed. */
  step(of: readonly Family[], take: () => Promise<void>, whenFull: () => void): Promise<boolean>
}

function createRun(
  snapshot: Snapshot,
  deps: BringDeps,
  { shortfall, signal }: { readonly shortfall: Shortfall; readonly signal: AbortSignal },
): Run {
  let again = false
  return {
    snapshot,
    deps,
    shortfall,
    signal,
    again: () => again,
    step: async (of, take, whenFull) => {
      try {
        await take()
        return true
      } catch (error) {
        if (signal.aborted) throw error
        const bad = badAddressIn(error)
        if (isFull(error)) {
          whenFull()
          again = true
        } else if (bad !== undefined && !shortfall.refused.has(asCidr(bad))) {
          shortfall.refused.set(asCidr(bad), diagnosisOf(error, deps.webAcl))
          again = true
        } else if (isOutdated(error)) again = true
        else for (const family of of) shortfall.failures.set(family, diagnosisOf(error, deps.webAcl))
        return false
      }
    },
  }
}

async function carryOut(plans: ReadonlyMap<Family, SetPlan>, run: Run): Promise<void> {
  const { snapshot, deps, shortfall, signal } = run
  const { target } = deps
  const sets: OurSet[] = [...snapshot.sets]
  const unsound = new Set<Family>(shortfall.failures.keys())
  // The first of each family come first: where there is no room for all, each has one.
  const creations = [...plans]
    .flatMap(([family, { create }]) => create.map((content) => ({ family, ...content })))
    .toSorted((one, other) => one.index - other.index)
  for (const { family, index, addresses } of creations) {
    if (unsound.has(family)) continue
    const isMade = await run.step(
      [family],
      async () => void sets.push(await target.createSet({ family, index }, addresses, signal)),
      () => shortfall.limits.set(family, sets.filter((set) => set.family === family).length),
    )
    if (!isMade) unsound.add(family)
  }
  for (const [family, { write }] of plans)
    for (const content of shortfall.failures.has(family) ? [] : write)
      if (!(await writeOne(family, content, run))) unsound.add(family)
  const ruled = await writeRules(sets, plans, run)
  for (const [family, { rewrite, surplus }] of plans) {
    // What would go here may have found no place elsewhere.
    if (unsound.has(family) || !ruled) continue
    for (const content of rewrite) await writeOne(family, content, run)
    for (const set of snapshot.sets.filter((one) => one.family === family && surplus.includes(one.index)))
      await run.step([], () => target.deleteSet(set, signal), doNothing)
  }
}

function writeOne(
  family: Family,
  { index, addresses }: { readonly index: number; readonly addresses: readonly Cidr[] },
  { snapshot, deps, signal, step }: Run,
): Promise<boolean> {
  const set = snapshot.sets.find((one) => one.family === family && one.index === index)
  if (set === undefined) return Promise.resolve(true)
  return step([family], () => deps.target.writeSet(set, addresses, signal), doNothing)
}

async function writeRules(
  sets: readonly OurSet[],
  plans: ReadonlyMap<Family, SetPlan>,
  { snapshot, deps, shortfall, signal, step }: Run,
): Promise<boolean> {
  const { settings, names } = deps
  const limitOf = (family: Family) => shortfall.limits.get(family) ?? settings.setsPerFamily
  const used = sets
    .filter(({ family, index }) => index <= limitOf(family) && !plans.get(family)?.surplus.includes(index))
    .toSorted((one, other) => one.index - other.index)
  const rules = rulesWith(snapshot.rules, used, { names, settings })
  if (sameRules(rules, snapshot.rules)) return true
  const inForce = setsInForce(snapshot.rules, { names, settings })
  return step(
    families,
    () => deps.target.writeRules(snapshot, rules, signal),
    () => {
      // The web ACL has no room for more: what its rules look at already is all there is.
      for (const family of families)
        shortfall.limits.set(
          family,
          snapshot.sets.filter((set) => set.family === family && inForce.has(set.arn)).length,
        )
    },
  )
}

const doNothing = () => undefined

/** The address as the service named it, which is as it was sent. */
function asCidr(text: string): Cidr {
  return text as Cidr
}
