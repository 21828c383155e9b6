import { type Cidr, type Direction, familyOf, type Millis } from "../../core/index.ts"
import { type AwsSubject, diagnose } from "../aws/diagnosis.ts"
import type { Family } from "../ranges.ts"
import { isFull, isOutdated, isRefusal } from "./diagnosis.ts"
import { planSlots, type Slot, type SlotPlan } from "./planner.ts"
import type { Snapshot, Target } from "./target.ts"

export const directions = ["inbound", "outbound"] as const
export const families = [4, 6] as const

/** What stays away although it is wanted, and why. */
export interface Shortfall {
  /** By direction and family: what AWS said is all the room there is. */
  readonly limits: Map<string, number>
  /** What AWS does not take as an entry. */
  readonly refused: Map<Cidr, string>
  readonly failures: Map<Direction, string>
}

export const poolOf = (direction: Direction, family: Family) => `${direction} ${family}`

export interface BringDeps {
  readonly target: Target
  readonly subject: AwsSubject
  readonly sleep: (ms: Millis, signal: AbortSignal) => Promise<void>
}

/** What shall stand there, given what does and what room there is. */
export type WantedOf = (direction: Direction, now: Snapshot) => readonly Cidr[]

const maxRounds = 10

/** Reads, plans and writes until the network ACL is as it is wanted, or can't be. */
export async function bring(
  wantedOf: WantedOf,
  { target, subject, sleep }: BringDeps,
  { shortfall, signal }: { readonly shortfall: Shortfall; readonly signal: AbortSignal },
): Promise<void> {
  const takeSteps = async (plan: SlotPlan, direction: Direction): Promise<Taken> => {
    const created: Slot[] = []
    for (const [kind, slot] of stepsOf(plan)) {
      try {
        await target.change(kind, slot, direction, signal)
        if (kind === "create") created.push(slot)
      } catch (error) {
        if (signal.aborted) throw error
        // What comes after may rest on this.
        return { error, slot, created }
      }
    }
    return { created }
  }
  const noteError = (error: unknown, { direction, slot, standing }: Failed) => {
    const family = familyOf(slot.cidr)
    if (isFull(error))
      shortfall.limits.set(poolOf(direction, family), standing.filter(({ cidr }) => familyOf(cidr) === family).length)
    else if (isRefusal(error) && !shortfall.refused.has(slot.cidr))
      shortfall.refused.set(slot.cidr, diagnose(error, subject))
    else if (!isOutdated(error)) shortfall.failures.set(direction, diagnose(error, subject))
  }
  for (let round = 0; round < maxRounds; round++) {
    const snapshot = await target.read(signal)
    let again = false
    for (const direction of directions) {
      if (shortfall.failures.has(direction)) continue
      const ours = snapshot.entries.filter((entry) => entry.isOurs && entry.direction === direction)
      const plan = planSlots({ wanted: wantedOf(direction, snapshot), ours, free: snapshot.free(direction) })
      if (plan.waiting.length > 0 && plan.remove.length > 0) again = true
      const taken = await takeSteps(plan, direction)
      if (taken.error === undefined) continue
      again = true
      noteError(taken.error, { direction, slot: taken.slot, standing: [...ours, ...taken.created] })
    }
    if (!again) return
    await sleep(Math.min(3000, 200 * 2 ** round), signal)
  }
  for (const direction of directions)
    if (!shortfall.failures.has(direction))
      shortfall.failures.set(direction, "others keep changing it at the same time; it is tried again")
}

type Taken =
  | { readonly error?: undefined; readonly created: readonly Slot[] }
  | { readonly error: unknown; readonly slot: Slot; readonly created: readonly Slot[] }

interface Failed {
  readonly direction: Direction
  readonly slot: Slot
  /** What is ours there now. */
  readonly standing: readonly Slot[]
}

function stepsOf({ create, replace, remove }: SlotPlan): readonly (readonly ["create" | "replace" | "remove", Slot])[] {
  return [
    ...create.map((slot) => ["create", slot] as const),
    ...replace.map((slot) => ["replace", slot] as const),
    ...remove.map((slot) => ["remove", slot] as const),
  ]
}
