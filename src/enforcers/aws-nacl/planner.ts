import { type Cidr, familyOf } from "../../core/index.ts"
import { rangesOf } from "../ranges.ts"

/** An entry that denies everything from or to a prefix. */
export interface Slot {
  readonly number: number
  readonly cidr: Cidr
}

export interface SlotPlanInput {
  /** Of one direction, joined as far as they can be; nothing is in it twice. */
  readonly wanted: readonly Cidr[]
  readonly ours: readonly Slot[]
  /** Numbers that nobody uses. */
  readonly free: readonly number[]
}

/** What has to be done, in this order. */
export interface SlotPlan {
  readonly create: readonly Slot[]
  readonly replace: readonly Slot[]
  readonly remove: readonly Slot[]
  /** What has to wait until removals have made numbers free. */
  readonly waiting: readonly Cidr[]
}

/** Changes as few entries as possible; what takes the place of something does so in one call. Pure. */
export function planSlots({ wanted, ours, free }: SlotPlanInput): SlotPlan {
  const open = new Set(wanted)
  const kept = ours.filter(({ cidr }) => open.delete(cidr))
  const gone = ours.filter((slot) => !kept.includes(slot))
  const fresh = [...open]
  const replace: Slot[] = []
  // An entry stays in its family, since each family has its own quota.
  const pair = (matches: (slot: Slot, cidr: Cidr) => boolean) => {
    for (const cidr of [...open]) {
      const at = gone.findIndex((slot) => familyOf(slot.cidr) === familyOf(cidr) && matches(slot, cidr))
      const [slot] = at < 0 ? [] : gone.splice(at, 1)
      if (slot === undefined) continue
      replace.push({ number: slot.number, cidr })
      open.delete(cidr)
    }
  }
  pair(({ cidr }, other) => rangesOf(familyOf(cidr), [cidr]).touches(other))
  pair(() => true)
  const rest = fresh.filter((cidr) => open.has(cidr))
  const create = rest.slice(0, free.length).flatMap((cidr, index) => {
    const number = free[index]
    return number === undefined ? [] : [{ number, cidr }]
  })
  return { create, replace, remove: gone, waiting: rest.slice(free.length) }
}
